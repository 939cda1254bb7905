import { crc32 } from 'node:zlib';

/**
 * A stored value: format version, CRC-32 of the payload followed by the key, payload. With the key in the checksum
 * a whole value found under another key is as corrupt as a damaged one.
 */
export const HEADER_BYTES = 5;
const VERSION = 1;

/** A value whose payload is written and whose key is not known yet; {@link seal} completes it. */
export interface UnsealedValue {
  /** The header, still empty, followed by the payload. */
  readonly bytes: Buffer;
  readonly payloadCrc: number;
}

export function unsealed(bytes: Buffer): UnsealedValue {
  return { bytes, payloadCrc: crc32(bytes.subarray(HEADER_BYTES)) };
}

export function seal(key: Buffer, value: UnsealedValue): Buffer {
  value.bytes[0] = VERSION;
  value.bytes.writeUInt32LE(crc32(key, value.payloadCrc), 1);
  return value.bytes;
}

/** Header and payload in one, for values whose key is known. */
export function sealPayload(key: Buffer, ...payload: readonly Uint8Array[]): Buffer {
  return seal(key, unsealed(Buffer.concat([Buffer.alloc(HEADER_BYTES), ...payload])));
}

/** @returns the payload, or `null` when the value is not one written under this key. */
export function openValue(key: Buffer, value: Buffer): Buffer | null {
  if (value.length < HEADER_BYTES || value[0] !== VERSION) return null;
  const payload = value.subarray(HEADER_BYTES);
  return crc32(key, crc32(payload)) === value.readUInt32LE(1) ? payload : null;
}
