/** What was said of the newest labelled windows, by what was true. */
export class ConfusionWindow {
  private readonly truth: Uint8Array;
  private readonly said: Uint8Array;
  private readonly counts = new Uint32Array(256 * 256);
  private next = 0;
  private count = 0;

  /** @param capacity windows looked back on. */
  constructor(readonly capacity = 1000) {
    this.truth = new Uint8Array(capacity);
    this.said = new Uint8Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  add(truth: number, said: number): void {
    const slot = this.next;
    if (this.count === this.capacity) this.counts[this.truth[slot] * 256 + this.said[slot]]--;
    else this.count++;
    this.truth[slot] = truth;
    this.said[slot] = said;
    this.counts[truth * 256 + said]++;
    this.next = (slot + 1) % this.capacity;
  }

  /** Windows in which `truth` was done and `said` was said. */
  at(truth: number, said: number): number {
    return this.counts[truth * 256 + said];
  }

  /** Windows in which `truth` was done. */
  of(truth: number): number {
    let sum = 0;
    for (let said = 0; said < 256; said++) sum += this.at(truth, said);
    return sum;
  }

  /** Share of the windows of `truth` that were found; null of none. */
  recall(truth: number): number | null {
    const all = this.of(truth);
    return all === 0 ? null : this.at(truth, truth) / all;
  }
}
