const ZEROS = 0x30303030;
const HIGHEST_BITS = 0x80808080;

/** A part of a line by its bytes: `from` included, `to` excluded. */
export interface LinePart {
  readonly from: number;
  readonly to: number;
}

/** The beginning of a line, kept to be compared with those of others, which may differ in their digits. */
export class LineHead {
  length = 0;
  private view = new DataView(new ArrayBuffer(0));
  /** By word of four bytes: the highest bit of each byte that has to be the same though it is a digit. */
  private same = new Int32Array(0);

  forget(): void {
    this.length = 0;
  }

  /** @param same parts of the beginning in which others may not differ. */
  remember(head: Uint8Array, same: readonly LinePart[]): void {
    this.length = head.length;
    this.view = new DataView(head.slice().buffer);
    this.same = new Int32Array((head.length >> 2) + 1);
    for (const { from, to } of same)
      for (let i = from; i < to; i++) this.same[i >> 2] |= 0x80000000 >>> (8 * (i & 3));
  }

  /** Whether the line at `start` begins so, its digits aside; never when nothing is kept. */
  begins(line: DataView, start: number, end: number): boolean {
    const { view, same, length } = this;
    if (length === 0 || end - start < length) return false;
    let own = 0;
    for (; own + 4 <= length; own += 4) {
      const kept = view.getInt32(own);
      const found = line.getInt32(start + own);
      if (kept !== found && !differInDigits(kept, found, same[own >> 2])) return false;
    }
    for (; own < length; own++) if (view.getInt8(own) !== line.getInt8(start + own)) return false;
    return true;
  }
}

/**
 * Whether two words differ in no bytes but such as are digits in both, nor in those marked by their highest bits. Says
 * no at times where it is so.
 */
function differInDigits(a: number, b: number, same: number): boolean {
  const difference = a ^ b;
  const differing = ((difference & 0x7f7f7f7f) + 0x7f7f7f7f) | difference;
  return (differing & (noDigits(a) | noDigits(b) | same) & HIGHEST_BITS) === 0;
}

/** The highest bit of each byte that is no digit; of one that is, at times, above one that is none. */
function noDigits(word: number): number {
  const value = word ^ ZEROS;
  return value | ((value + 0x76767676) | 0);
}
