/** What the service answered, as a number; see `PredictionState`. */
export const STATES = ['ok', 'unknown', 'stale', 'cold'] as const;

/** A window as the ring holds it. */
export interface RingWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** Codes of an `ActivityBook`; 0 = none. */
  readonly said: number;
  readonly label: number;
  readonly confidence: number;
  /** Index into {@link STATES}. */
  readonly state: number;
  readonly version: number;
  readonly final: boolean;
}

/**
 * The newest windows of one device in the order of their start, in columns that are allocated once: memory does not
 * grow however long the page is open. A window that comes again (a later revision) takes its own place.
 */
export class WindowRing {
  private readonly startMs: Float64Array;
  private readonly endMs: Float64Array;
  private readonly said: Uint8Array;
  private readonly labels: Uint8Array;
  private readonly state: Uint8Array;
  private readonly final: Uint8Array;
  private readonly confidence: Float32Array;
  private readonly version: Uint32Array;
  private first = 0;
  private count = 0;

  /** @param capacity windows; about 27 bytes each. */
  constructor(readonly capacity = 640) {
    this.startMs = new Float64Array(capacity);
    this.endMs = new Float64Array(capacity);
    this.said = new Uint8Array(capacity);
    this.labels = new Uint8Array(capacity);
    this.state = new Uint8Array(capacity);
    this.final = new Uint8Array(capacity);
    this.confidence = new Float32Array(capacity);
    this.version = new Uint32Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** Puts a window at its place. One that is older than all of a full ring is left out. */
  put(window: RingWindow): void {
    let index = this.count;
    while (index > 0 && this.startMs[this.slot(index - 1)] >= window.startMs) index--;
    if (index < this.count && this.startMs[this.slot(index)] === window.startMs) {
      this.write(this.slot(index), window);
      return;
    }
    if (this.count === this.capacity) {
      if (index === 0) return;
      this.first = (this.first + 1) % this.capacity;
      this.count--;
      index--;
    }
    this.count++;
    for (let i = this.count - 1; i > index; i--) this.move(this.slot(i - 1), this.slot(i));
    this.write(this.slot(index), window);
  }

  /** Labels the windows that lie within a span. */
  label(fromMs: number, toMs: number, code: number): void {
    for (let index = this.firstEndingAfter(fromMs); index < this.count; index++) {
      const slot = this.slot(index);
      if (this.startMs[slot] >= toMs) return;
      if (this.startMs[slot] >= fromMs && this.endMs[slot] <= toMs) this.labels[slot] = code;
    }
  }

  /** The window at `index`, 0 being the oldest. */
  at(index: number): RingWindow {
    const slot = this.slot(index);
    return {
      startMs: this.startMs[slot],
      endMs: this.endMs[slot],
      said: this.said[slot],
      label: this.labels[slot],
      confidence: this.confidence[slot],
      state: this.state[slot],
      version: this.version[slot],
      final: this.final[slot] === 1,
    };
  }

  startOf(index: number): number {
    return this.startMs[this.slot(index)];
  }

  endOf(index: number): number {
    return this.endMs[this.slot(index)];
  }

  saidAt(index: number): number {
    return this.said[this.slot(index)];
  }

  stateAt(index: number): number {
    return this.state[this.slot(index)];
  }

  labelAt(index: number): number {
    return this.labels[this.slot(index)];
  }

  confidenceAt(index: number): number {
    return this.confidence[this.slot(index)];
  }

  /** Index of the first window that ends after `ms`; {@link size} of none. */
  firstEndingAfter(ms: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.endMs[this.slot(middle)] > ms) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private slot(index: number): number {
    return (this.first + index) % this.capacity;
  }

  private write(slot: number, window: RingWindow): void {
    this.startMs[slot] = window.startMs;
    this.endMs[slot] = window.endMs;
    this.said[slot] = window.said;
    this.labels[slot] = window.label;
    this.state[slot] = window.state;
    this.final[slot] = window.final ? 1 : 0;
    this.confidence[slot] = window.confidence;
    this.version[slot] = window.version;
  }

  private move(from: number, to: number): void {
    const columns = [
      ...[this.startMs, this.endMs, this.said, this.labels, this.state],
      ...[this.final, this.confidence, this.version],
    ];
    for (const column of columns) column[to] = column[from];
  }
}
