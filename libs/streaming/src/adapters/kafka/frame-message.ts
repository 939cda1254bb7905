import { CorruptLogError, type LogRecord } from '../../log/log.js';
import { openValue, seal } from '../lmdb/checked-value.js';
import { decodeFrame, type Frame } from '../lmdb/frame.js';
import { frameKey } from '../lmdb/keys.js';
import type { ProtocolMessage } from './kafkajs-protocol.js';

/**
 * A message of a topic of the log holds one frame: records of one partition that were committed together, as the
 * embedded log stores them. Its key is the offset of the first of them (uint64, big-endian), in the log's own dense
 * numbering: Kafka's has holes where transactions end.
 */
export interface KafkaFrame {
  readonly first: number;
  /** Offset behind the last record. */
  readonly end: number;
  readonly kafkaOffset: number;
  /** Without its checksum. */
  readonly payload: Buffer;
}

export function encodeKey(first: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeBigUInt64BE(BigInt(first));
  return key;
}

/** Completes a frame for its place. */
export function sealFrame(topic: string, partition: number, first: number, frame: Frame): Buffer {
  return seal(frameKey(topic, partition, first + frame.count - 1), frame.value);
}

/** @throws CorruptLogError */
export function openFrame(topic: string, partition: number, message: ProtocolMessage): KafkaFrame {
  const { key, value } = message;
  const first = key?.length === 8 ? Number(key.readBigUInt64BE()) : NaN;
  if (Number.isNaN(first) || value === null || value.length < COUNT_AT + 4)
    throw new CorruptLogError(topic, partition, first);
  const end = first + value.readUInt32LE(COUNT_AT);
  const payload = openValue(frameKey(topic, partition, end - 1), value);
  if (payload === null) throw new CorruptLogError(topic, partition, first);
  return { first, end, kafkaOffset: Number(message.offset), payload };
}

/** Where a sealed frame says how many records it holds: behind header and timestamp. */
const COUNT_AT = 13;

/** Appends the records from the offset `from` on; their values are views of the frame. @returns their bytes. */
export function recordsOf(frame: KafkaFrame, from: number, records: LogRecord[]): number {
  return decodeFrame(frame.payload, frame.end - 1, from, records);
}
