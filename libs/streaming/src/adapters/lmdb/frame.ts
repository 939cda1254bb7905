import type { LogRecord, NewRecord } from '../../log/log.js';
import { HEADER_BYTES, unsealed, type UnsealedValue } from './checked-value.js';

/**
 * A frame: some consecutive records of one partition that were committed together, stored as one value. Payload:
 * timestamp (float64), number of records (uint32), length of key and value of each (2 × uint32), the keys in UTF-8,
 * the values; little-endian.
 */
export interface Frame {
  readonly count: number;
  readonly value: UnsealedValue;
}

/** A frame ends before the record that would make it larger; a larger record is a frame of its own. */
export const MAX_FRAME_BYTES = 1 << 20;

const FIXED_BYTES = 12;
const LENGTHS_BYTES = 8;

/** Copies the records into as many frames as they need, in order. */
export function encodeFrames(records: readonly NewRecord[], timestamp: number): Frame[] {
  const frames: Frame[] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const size = LENGTHS_BYTES + Buffer.byteLength(records[i].key) + records[i].value.length;
    if (i > from && bytes + size > MAX_FRAME_BYTES) {
      frames.push(encodeFrame(records, from, i, bytes, timestamp));
      from = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (records.length > from) frames.push(encodeFrame(records, from, records.length, bytes, timestamp));
  return frames;
}

function encodeFrame(
  records: readonly NewRecord[],
  from: number,
  to: number,
  size: number,
  timestamp: number,
): Frame {
  const count = to - from;
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + FIXED_BYTES + size);
  let at = bytes.writeDoubleLE(timestamp, HEADER_BYTES);
  at = bytes.writeUInt32LE(count, at);
  let keyAt = at + LENGTHS_BYTES * count;
  for (let i = from; i < to; i++) {
    const length = bytes.write(records[i].key, keyAt, 'utf8');
    at = bytes.writeUInt32LE(length, at);
    at = bytes.writeUInt32LE(records[i].value.length, at);
    keyAt += length;
  }
  let valueAt = keyAt;
  for (let i = from; i < to; i++) {
    bytes.set(records[i].value, valueAt);
    valueAt += records[i].value.length;
  }
  return { count, value: unsealed(bytes) };
}

/**
 * Appends the frame's records from the offset `from` on to `records`. Their values are views of the frame.
 * @returns the bytes of the values appended.
 */
export function decodeFrame(payload: Buffer, lastOffset: number, from: number, records: LogRecord[]): number {
  const timestamp = payload.readDoubleLE(0);
  const count = payload.readUInt32LE(8);
  const first = lastOffset - count + 1;
  let keyAt = FIXED_BYTES + LENGTHS_BYTES * count;
  let valueAt = keyAt;
  for (let i = 0; i < count; i++) valueAt += payload.readUInt32LE(FIXED_BYTES + LENGTHS_BYTES * i);
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const at = FIXED_BYTES + LENGTHS_BYTES * i;
    const keyEnd = keyAt + payload.readUInt32LE(at);
    const valueEnd = valueAt + payload.readUInt32LE(at + 4);
    if (first + i >= from) {
      records.push({
        key: payload.toString('utf8', keyAt, keyEnd),
        value: payload.subarray(valueAt, valueEnd),
        offset: first + i,
        timestamp,
      });
      bytes += valueEnd - valueAt;
    }
    keyAt = keyEnd;
    valueAt = valueEnd;
  }
  return bytes;
}
