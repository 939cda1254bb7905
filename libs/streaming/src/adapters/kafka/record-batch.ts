import { crc32c } from '../../encoding/crc32c.js';
import type { Compressor } from './compression.js';

/** A message for a partition, the topic with its prefix. */
export interface OutgoingMessage {
  readonly key: Buffer | null;
  readonly value: Buffer;
}

/** Who writes a batch, so that the broker takes it once and in its turn. */
export interface BatchOrigin {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** How many messages the producer has written to the partition before. */
  readonly firstSequence: number;
}

const HEADER_BYTES = 61;
/** The checksum covers what follows it. */
const CRC_AT = 17;
const CHECKED_FROM = 21;
const MAGIC = 2;
const GZIP = 1;
const TRANSACTIONAL = 16;
/** No more than a varint of 32 bits takes. */
const VARINT_BYTES = 5;

/**
 * A batch of messages as Kafka stores it: [the record batch](https://kafka.apache.org/documentation/#recordbatch) of
 * version 2, transactional.
 * @param timestamp of all messages, milliseconds.
 */
export function encodeRecordBatch(
  topic: string,
  messages: readonly OutgoingMessage[],
  origin: BatchOrigin,
  timestamp: number,
  compressor: Compressor,
): Buffer {
  const plain = Buffer.allocUnsafe(HEADER_BYTES + largestRecords(messages));
  let end = HEADER_BYTES;
  messages.forEach((message, i) => (end = writeRecord(plain, end, message, i)));
  const compressed = compressor.gzip(topic, plain.subarray(HEADER_BYTES, end));
  const batch =
    compressed === null ? plain.subarray(0, end) : Buffer.allocUnsafe(HEADER_BYTES + compressed.length);
  compressed?.copy(batch, HEADER_BYTES);

  let at = batch.writeBigInt64BE(0n, 0);
  at = batch.writeInt32BE(batch.length - at - 4, at);
  at = batch.writeInt32BE(0, at);
  batch.writeInt8(MAGIC, at);
  at = batch.writeInt16BE(TRANSACTIONAL | (compressed === null ? 0 : GZIP), CHECKED_FROM);
  at = batch.writeInt32BE(messages.length - 1, at);
  at = batch.writeBigInt64BE(BigInt(timestamp), at);
  at = batch.writeBigInt64BE(BigInt(timestamp), at);
  at = batch.writeBigInt64BE(origin.producerId, at);
  at = batch.writeInt16BE(origin.producerEpoch, at);
  at = batch.writeInt32BE(origin.firstSequence, at);
  batch.writeInt32BE(messages.length, at);
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKED_FROM)), CRC_AT);
  return batch;
}

function largestRecords(messages: readonly OutgoingMessage[]): number {
  let bytes = 0;
  for (const { key, value } of messages) bytes += 2 + 4 * VARINT_BYTES + (key?.length ?? 0) + value.length;
  return bytes;
}

/** Length, attributes, timestamp and offset after the batch's, key, value, no headers. @returns where it ends. */
function writeRecord(into: Buffer, from: number, { key, value }: OutgoingMessage, index: number): number {
  const keyBytes = key === null ? -1 : key.length;
  const length =
    3 +
    varintBytes(index) +
    varintBytes(keyBytes) +
    Math.max(0, keyBytes) +
    varintBytes(value.length) +
    value.length;
  let at = writeVarint(into, from, length);
  into[at++] = 0;
  into[at++] = 0;
  at = writeVarint(into, at, index);
  at = writeVarint(into, at, keyBytes);
  if (key !== null) at += key.copy(into, at);
  at = writeVarint(into, at, value.length);
  at += value.copy(into, at);
  into[at++] = 0;
  return at;
}

/** Small numbers of either sign are few bytes ("zigzag"). */
function writeVarint(into: Buffer, from: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let at = from;
  for (; rest > 127; rest >>>= 7) into[at++] = (rest & 127) | 128;
  into[at++] = rest;
  return at;
}

function varintBytes(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let bytes = 1;
  for (; rest > 127; rest >>>= 7) bytes++;
  return bytes;
}
