import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

export interface LabelInterpolationOptions {
  /** Windows before and after a label that get it too. Default 3. */
  readonly reach?: number;
  /** How much of a labelled window such a window counts for. Default 0.5. */
  readonly trust?: number;
  /** Devices remembered; the one not heard of for longest is forgotten first. Default 8,192. */
  readonly devices?: number;
}

/** A window that may be learned with a label that nobody gave it. */
export interface InferredLabel {
  readonly features: Float64Array;
  readonly label: string;
  /** In (0, 1]. */
  readonly trust: number;
}

/** What is known of one device. */
interface Neighbourhood {
  startMs: number;
  /** The last unlabelled windows, at most `reach`, oldest first, that have not been learned. */
  readonly waiting: Float64Array[];
  /** The last label in this run of windows, and how many windows ago. */
  label: string | null;
  age: number;
  /** Whether the window before that label had none. */
  alone: boolean;
}

const DEVICES = 8192;

/**
 * Where labels are sparse, the windows around a labelled one are most often of the same activity, and there is more to
 * learn from them than from the label alone: a label with no label right before or after it is given to `reach`
 * windows on both sides too, with less trust.
 *
 * Where labels are dense, an unlabelled window is one that somebody left without a label: a label next to another is
 * never passed on. A gap in a device's windows ends its neighbourhood. What may be learned is said when the window
 * after the label comes: never before a window has itself been given, so that each can be predicted first.
 */
export class LabelInterpolation {
  private readonly reach: number;
  private readonly trust: number;
  private readonly most: number;
  /** In the order of use, the least recently used first. */
  private readonly devices = new Map<string, Neighbourhood>();
  private readonly inferred: InferredLabel[] = [];

  constructor({ reach = 3, trust = 0.5, devices = DEVICES }: LabelInterpolationOptions = {}) {
    this.reach = reach;
    this.trust = trust;
    this.most = devices;
  }

  /**
   * Takes the next final window of a device, after it has been predicted and, if labelled, learned.
   *
   * @param startMs above that of the device's last; windows further apart than `sizeMs` are no neighbours.
   * @param features kept, not copied; must not be changed afterwards.
   * @param label null = unlabelled.
   * @returns what may be learned now, oldest first; the array is reused by the next call.
   */
  take(
    key: string,
    startMs: number,
    sizeMs: number,
    features: Float64Array,
    label: string | null,
  ): readonly InferredLabel[] {
    const { inferred, reach } = this;
    inferred.length = 0;
    const around = this.neighbourhood(key, startMs, sizeMs);
    around.startMs = startMs;
    around.age++;
    const { waiting } = around;
    if (label !== null) {
      around.alone = around.label === null || around.age > 1;
      around.label = label;
      around.age = 0;
      // Either what waits is this label's, or labels are dense and it is nobody's.
      if (!around.alone) waiting.length = 0;
      return inferred;
    }
    if (around.label === null || !around.alone || around.age > reach) {
      if (waiting.length === reach) waiting.shift();
      if (reach > 0) waiting.push(features);
      return inferred;
    }
    for (const earlier of waiting) this.infer(earlier, around.label);
    waiting.length = 0;
    this.infer(features, around.label);
    return inferred;
  }

  write(state: StateWriter): void {
    state.u32(this.devices.size);
    for (const [key, { startMs, waiting, label, age, alone }] of this.devices) {
      state
        .string(key)
        .f64(startMs)
        .f64(age)
        .bool(alone)
        .bool(label !== null);
      if (label !== null) state.string(label);
      state.u32(waiting.length);
      for (const features of waiting) state.f64Array(features);
    }
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.devices.clear();
    for (let left = state.u32(); left > 0; left--) {
      const key = state.string();
      const startMs = state.f64();
      const age = state.f64();
      const alone = state.bool();
      const label = state.bool() ? state.string() : null;
      const waiting: Float64Array[] = [];
      const count = state.u32();
      if (count > this.reach) throw new StateFormatError(`${count} windows wait for a label`);
      for (let i = 0; i < count; i++) waiting.push(state.f64Array());
      this.devices.set(key, { startMs, waiting, label, age, alone });
    }
    if (this.devices.size > this.most) throw new StateFormatError(`${this.devices.size} devices`);
  }

  private infer(features: Float64Array, label: string): void {
    this.inferred.push({ features, label, trust: this.trust });
  }

  private neighbourhood(key: string, startMs: number, sizeMs: number): Neighbourhood {
    const { devices } = this;
    let found = devices.get(key);
    if (found !== undefined) devices.delete(key);
    else if (devices.size === this.most) {
      for (const oldest of devices.keys()) {
        devices.delete(oldest);
        break;
      }
    }
    if (found === undefined || !(startMs > found.startMs && startMs - found.startMs <= sizeMs)) {
      found = { startMs, waiting: [], label: null, age: 0, alone: false };
    }
    devices.set(key, found);
    return found;
  }
}
