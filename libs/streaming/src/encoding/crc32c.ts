import { crcTables, slicedCrc } from './sliced-crc.js';

const TABLES = crcTables(0x82f63b78);

/** CRC-32C (Castagnoli, the one of iSCSI and of Kafka's batches) of all bytes, an unsigned 32-bit integer. */
export function crc32c(bytes: Uint8Array): number {
  return slicedCrc(TABLES, bytes, bytes.length);
}
