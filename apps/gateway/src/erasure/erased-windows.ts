/** Which records of `windows` were erased, and where the others are now: the first one kept is at 0. */
export class ErasedWindows {
  /** Ascending. */
  private readonly offsets: number[] = [];

  /** @param earliest the first record that is kept. */
  constructor(private readonly earliest = 0) {}

  /** To be called in the order of the offsets. */
  erase(offset: number): void {
    this.offsets.push(offset);
  }

  get count(): number {
    return this.offsets.length;
  }

  /** Offset of a record, or of the end of a range, once those before it are gone. */
  movedTo(offset: number): number {
    let low = 0;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsets[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return offset - this.earliest - low;
  }
}
