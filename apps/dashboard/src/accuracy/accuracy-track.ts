/** One answer that can be told right or wrong. */
export interface Scored {
  /** Event time of the window's end. */
  readonly endMs: number;
  /** Who it is about: the label before is that of the same device. */
  readonly device: string;
  /** Codes of an `ActivityBook`. */
  readonly said: number;
  readonly label: number;
}

/** Curves over the same times, as uPlot takes them: seconds, and shares of 0 to 1; null where nothing was scored. */
export interface AccuracyCurves {
  readonly seconds: number[];
  readonly model: (number | null)[];
  readonly noChange: (number | null)[];
  readonly majority: (number | null)[];
}

const WINDOWS = 0;
const RIGHT = 1;
const NO_CHANGE = 2;
const MAJORITY = 3;
const FIELDS = 4;

/**
 * How many answers were right, over time, beside two that know nothing: `no change` says what the device did in its
 * window before, `majority` what was done most so far. Both have to be beaten before accuracy means anything (Bifet
 * et al., "Pitfalls in benchmarking data stream classification", 2013). Counted in steps of event time, in columns
 * that are allocated once.
 */
export class AccuracyTrack {
  private readonly counts: Uint32Array;
  private readonly steps: Float64Array;
  private readonly before = new Map<string, number>();
  private readonly seen = new Float64Array(256);

  /** @param stepMs of event time. @param capacity steps that are kept. */
  constructor(
    readonly stepMs = 5000,
    readonly capacity = 720,
  ) {
    this.counts = new Uint32Array(capacity * FIELDS);
    this.steps = new Float64Array(capacity).fill(NaN);
  }

  add({ endMs, device, said, label }: Scored): void {
    const step = Math.floor(endMs / this.stepMs);
    const slot = step % this.capacity;
    if (this.steps[slot] !== step) {
      // An older step than the one that has its slot is out of sight.
      if (this.steps[slot] > step) return;
      this.steps[slot] = step;
      this.counts.fill(0, slot * FIELDS, (slot + 1) * FIELDS);
    }
    const at = slot * FIELDS;
    this.counts[at + WINDOWS]++;
    if (said === label) this.counts[at + RIGHT]++;
    if (this.before.get(device) === label) this.counts[at + NO_CHANGE]++;
    if (this.mostSeen() === label) this.counts[at + MAJORITY]++;
    this.before.set(device, label);
    this.seen[label]++;
  }

  /**
   * @param fromMs @param toMs the span shown.
   * @param over steps that each point looks back on, its own included.
   */
  curves(fromMs: number, toMs: number, over = 6): AccuracyCurves {
    const seconds: number[] = [];
    const lines: (number | null)[][] = [[], [], []];
    const last = Math.floor(toMs / this.stepMs);
    for (let step = Math.floor(fromMs / this.stepMs); step <= last; step++) {
      const sums = this.sums(step - over + 1, step);
      seconds.push(Math.min((step + 1) * this.stepMs, toMs) / 1000);
      lines.forEach((line, index) =>
        line.push(sums[WINDOWS] === 0 ? null : sums[RIGHT + index] / sums[WINDOWS]),
      );
    }
    const [model, noChange, majority] = lines;
    return { seconds, model, noChange, majority };
  }

  /** Share of the right among the windows of the last `spanMs`, and how many those are. */
  recent(nowMs: number, spanMs: number): { readonly windows: number; readonly accuracy: number | null } {
    const last = Math.floor(nowMs / this.stepMs);
    const sums = this.sums(last - Math.ceil(spanMs / this.stepMs) + 1, last);
    const accuracy = sums[WINDOWS] === 0 ? null : sums[RIGHT] / sums[WINDOWS];
    return { windows: sums[WINDOWS], accuracy };
  }

  private sums(first: number, last: number): number[] {
    const sums = [0, 0, 0, 0];
    for (let step = first; step <= last; step++) {
      const slot = step % this.capacity;
      if (slot < 0 || this.steps[slot] !== step) continue;
      for (let field = 0; field < FIELDS; field++) sums[field] += this.counts[slot * FIELDS + field];
    }
    return sums;
  }

  private mostSeen(): number {
    let most = 0;
    for (let label = 1; label < this.seen.length; label++) {
      if (this.seen[label] > this.seen[most]) most = label;
    }
    return most;
  }
}
