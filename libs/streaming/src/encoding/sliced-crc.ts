import { LITTLE_ENDIAN } from './endianness.js';

/** Bytes taken at a time. */
const SLICE = 16;

/**
 * Tables for a polynomial, its bits reversed. Table `k` begins at `256 k`: what a byte comes to when `k` more bytes of
 * zeros follow it.
 */
export function crcTables(polynomial: number): Int32Array {
  const all = new Int32Array(SLICE * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    all[byte] = crc;
  }
  for (let at = 256; at < all.length; at++) {
    const before = all[at - 256];
    all[at] = (before >>> 8) ^ all[before & 255];
  }
  return all;
}

/**
 * A reflected CRC of 32 bits, inverted before and after, of `bytes[0, end)`: an unsigned integer. Four words at a time
 * ("slicing-by-16", after Kounavis & Berry 2005).
 */
export function slicedCrc(T: Int32Array, bytes: Uint8Array, end: number): number {
  // Up to where words begin.
  const head = LITTLE_ENDIAN ? Math.min(end, (4 - (bytes.byteOffset & 3)) & 3) : end;
  const slices = Math.floor((end - head) / SLICE);
  let crc = byteByByte(T, -1, bytes, 0, head);
  if (slices > 0) crc = wordByWord(T, crc, new Int32Array(bytes.buffer, bytes.byteOffset + head, slices * 4));
  return ~byteByByte(T, crc, bytes, head + slices * SLICE, end) >>> 0;
}

function byteByByte(T: Int32Array, start: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = start;
  for (let i = from; i < to; i++) crc = (crc >>> 8) ^ T[(crc ^ bytes[i]) & 255];
  return crc;
}

function wordByWord(T: Int32Array, start: number, words: Int32Array): number {
  let crc = start;
  for (let w = 0; w < words.length; w += 4) {
    const a = crc ^ words[w];
    const b = words[w + 1];
    const c = words[w + 2];
    const d = words[w + 3];
    crc =
      T[3840 + (a & 255)] ^
      T[3584 + ((a >>> 8) & 255)] ^
      T[3328 + ((a >>> 16) & 255)] ^
      T[3072 + (a >>> 24)] ^
      T[2816 + (b & 255)] ^
      T[2560 + ((b >>> 8) & 255)] ^
      T[2304 + ((b >>> 16) & 255)] ^
      T[2048 + (b >>> 24)] ^
      T[1792 + (c & 255)] ^
      T[1536 + ((c >>> 8) & 255)] ^
      T[1280 + ((c >>> 16) & 255)] ^
      T[1024 + (c >>> 24)] ^
      T[768 + (d & 255)] ^
      T[512 + ((d >>> 8) & 255)] ^
      T[256 + ((d >>> 16) & 255)] ^
      T[d >>> 24];
  }
  return crc;
}
