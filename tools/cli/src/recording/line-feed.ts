const LF = 10;
const ALL_LF = 0x0a0a0a0a;

/**
 * Position of the first line feed of `bytes[start, end)`, `end` when there is none. Four bytes at a time: a word has a
 * zero byte where `(word − 0x01010101) & ~word & 0x80808080` is not zero (Warren, Hacker's Delight, 6-1).
 *
 * @param view the same bytes.
 */
export function indexOfLineFeed(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let p = start;
  for (; p + 4 <= end; p += 4) {
    const word = view.getInt32(p) ^ ALL_LF;
    if (((word - 0x01010101) & ~word & 0x80808080) !== 0) break;
  }
  while (p < end && bytes[p] !== LF) p++;
  return p;
}
