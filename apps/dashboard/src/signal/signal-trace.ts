/** A piece of a device's signal, see the channel `signal`. */
export interface SignalPiece {
  /** Event time of the first value, milliseconds since 1970. */
  readonly startMs: number;
  /** After it, for each value. */
  readonly offsetsMs: readonly number[];
  /** |acceleration|, m/s². */
  readonly magnitude: readonly number[];
}

/** The newest of a signal, in columns that are allocated once. */
export class SignalTrace {
  private readonly times: Float64Array;
  private readonly values: Float32Array;
  private next = 0;
  private count = 0;
  /** The service has no such channel. */
  isAbsent = false;

  constructor(readonly capacity = 4096) {
    this.times = new Float64Array(capacity);
    this.values = new Float32Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  clear(): void {
    this.next = this.count = 0;
    this.isAbsent = false;
  }

  /** Values behind the newest are late: a line can't go back, so they are left out. */
  add({ startMs, offsetsMs, magnitude }: SignalPiece): void {
    offsetsMs.forEach((offset, index) => {
      const time = startMs + offset;
      if (this.count > 0 && time <= this.newestMs) return;
      this.times[this.next] = time;
      this.values[this.next] = magnitude[index];
      this.next = (this.next + 1) % this.capacity;
      this.count = Math.min(this.capacity, this.count + 1);
    });
  }

  /** NaN of nothing. */
  get newestMs(): number {
    return this.count === 0 ? NaN : this.times[(this.next + this.capacity - 1) % this.capacity];
  }

  /** Values of a span: seconds before its end, and m/s²; with a null where the device was silent for over a second. */
  between(fromMs: number, toMs: number): { readonly seconds: number[]; readonly values: (number | null)[] } {
    const seconds: number[] = [];
    const values: (number | null)[] = [];
    let before = NaN;
    for (let i = 0; i < this.count; i++) {
      const slot = (this.next + this.capacity - this.count + i) % this.capacity;
      const time = this.times[slot];
      if (time < fromMs || time > toMs) continue;
      if (time - before > 1000) {
        seconds.push((before + 1 - toMs) / 1000);
        values.push(null);
      }
      seconds.push((time - toMs) / 1000);
      values.push(this.values[slot]);
      before = time;
    }
    return { seconds, values };
  }
}
