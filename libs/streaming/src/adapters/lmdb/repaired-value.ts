import { openValue } from './checked-value.js';

/** What is told of such a value. */
export const PUT_RIGHT = 'its one wrong bit is put right';

/**
 * Two values with their checksums differ in at least four bits as long as they are shorter than 11 KiB (Koopman 2002,
 * table 1: CRC-32 of IEEE 802.3). So one with a single wrong bit is no more than one bit away from one value alone, and
 * one with two wrong bits is that far from none. Trying them all takes a tenth of a second at this length.
 */
const MOST_BYTES = 4096;

/** @returns the payload of a short value whose one wrong bit has been put right; null where it is not one bit. */
export function repairedPayload(key: Buffer, value: Buffer): Buffer | null {
  if (value.length > MOST_BYTES) return null;
  const copy = Buffer.from(value);
  for (let bit = 0; bit < 8 * copy.length; bit++) {
    copy[bit >> 3] ^= 1 << (bit & 7);
    const payload = openValue(key, copy);
    if (payload !== null) return payload;
    copy[bit >> 3] ^= 1 << (bit & 7);
  }
  return null;
}
