import type { StateReader, StateWriter } from '@hark/streaming';

/** Differences remembered: about 40 s of windows, several bursts of a watch that delivers every 5–10 s. */
const KEPT = 32;

/**
 * Wall clock less a device's clock, in milliseconds, from when something came in and when it was made: a window, say,
 * or the least delayed of some samples. What comes late comes with a greater difference, never with a smaller one, so the
 * estimate is the lower decile of the newest 32: a burst does not move it, and neither do up to three strays. It
 * includes the least delay on the way.
 */
export class ClockOffset {
  private readonly differences = new Float64Array(KEPT);
  private taken = 0;
  private estimate = 0;

  /** @param receivedMs wall clock at which it came in; @param endMs event time, of a window's end. */
  add(receivedMs: number, endMs: number): void {
    this.differences[this.taken % KEPT] = receivedMs - endMs;
    this.taken++;
    this.settle();
  }

  /** After the first `add`. */
  get ms(): number {
    return this.estimate;
  }

  write(state: StateWriter): void {
    state.f64(this.taken).f64Array(this.differences.subarray(0, this.taken));
  }

  static read(state: StateReader): ClockOffset {
    const offset = new ClockOffset();
    offset.taken = state.f64();
    offset.differences.set(state.f64Array().subarray(0, KEPT));
    offset.settle();
    return offset;
  }

  private settle(): void {
    const known = Math.min(this.taken, KEPT);
    this.estimate = lowest(this.differences, known, Math.floor((known - 1) / 10));
  }
}

/** Of the first `count` values, the one with so many lower ones: the few lowest so far are kept in order. */
function lowest(values: Float64Array, count: number, rank: number): number {
  const few = new Float64Array(rank + 1).fill(Infinity);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!(value < few[rank])) continue;
    let at = rank;
    for (; at > 0 && few[at - 1] > value; at--) few[at] = few[at - 1];
    few[at] = value;
  }
  return few[rank];
}
