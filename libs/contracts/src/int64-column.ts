/**
 * int64 nanoseconds in little-endian bytes, to and from (milliseconds, nanoseconds within) without BigInt, which
 * would cost more than everything else done to a row.
 */

/**
 * 2^32 = 4294 · 10^6 + 967,296, so hi · 2^32 + lo splits at 10^6 with every intermediate below 2^53.
 *
 * @param words the column as pairs of 32 bits, the lower ones first.
 */
export function decodeNanoseconds(
  words: Uint32Array,
  creationMs: Float64Array,
  creationSubNs: Int32Array,
  rows: number,
): void {
  for (let i = 0, w = 0; i < rows; i++, w += 2) {
    const hi = words[w + 1];
    const rest = hi * 967_296 + words[w];
    const carry = Math.floor(rest / 1_000_000);
    creationMs[i] = hi * 4294 + carry;
    creationSubNs[i] = rest - carry * 1_000_000;
  }
}

/**
 * With ms = a · 2^20 + b: ns = a·10^6 · 2^20 + (b·10^6 + subNs), again exact in doubles.
 *
 * @param target where the column is written, 8 bytes a row at any alignment.
 */
export function encodeNanoseconds(
  creationMs: Float64Array,
  creationSubNs: Int32Array,
  rows: number,
  target: DataView,
): void {
  for (let i = 0, at = 0; i < rows; i++, at += 8) {
    const ms = creationMs[i];
    const a = Math.floor(ms / 1_048_576);
    const scaled = a * 1_000_000;
    const upper = Math.floor(scaled / 4096);
    const lower = (scaled - upper * 4096) * 1_048_576 + (ms - a * 1_048_576) * 1_000_000 + creationSubNs[i];
    const carry = Math.floor(lower / 4_294_967_296);
    target.setUint32(at, lower - carry * 4_294_967_296, true);
    target.setUint32(at + 4, upper + carry, true);
  }
}
