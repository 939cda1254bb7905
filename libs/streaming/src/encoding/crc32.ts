import { crcTables, slicedCrc } from './sliced-crc.js';

const TABLES = crcTables(0xedb88320);

/** CRC-32 (ISO-HDLC, the one of zip and PNG) of `bytes[0, end)`, an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array, end: number = bytes.length): number {
  return slicedCrc(TABLES, bytes, end);
}
