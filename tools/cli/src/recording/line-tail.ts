/** The end of a line, kept to be compared with the ends of others. */
export class LineTail {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  forget(): void {
    this.length = 0;
  }

  /** @param to the end of the line, without its line feed. */
  remember(line: Uint8Array, from: number, to: number): void {
    this.length = to - from;
    if (this.length > this.bytes.length) {
      this.bytes = new Uint8Array(2 * this.length);
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(line.subarray(from, to));
  }

  /** Whether the line `[from, to)` has this end; never when none is kept. */
  ends(line: DataView, from: number, to: number): boolean {
    const { view, length } = this;
    if (length === 0 || to - from < length) return false;
    let own = 0;
    let its = to - length;
    for (; own + 4 <= length; own += 4, its += 4) if (view.getInt32(own) !== line.getInt32(its)) return false;
    for (; own < length; own++, its++) if (view.getInt8(own) !== line.getInt8(its)) return false;
    return true;
  }
}
