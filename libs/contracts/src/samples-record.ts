import protobuf from 'protobufjs/minimal.js';
import type { DeviceId } from './identity.js';
import { readRecord, readStrings } from './record-format.js';
import { decodeSampleBatch } from './sample-batch-decoding.js';
import { SampleBatchEncoding } from './sample-batch-encoding.js';
import type { SampleBatch, SampleColumns } from './sample-batch.js';

const { Reader, Writer } = protobuf;
type Writer = protobuf.Writer;
type Reader = protobuf.Reader;

/** What the front door appends to the topic `samples`: rows, or a tick that closes silent devices' windows. */
export interface SamplesRecord {
  readonly batch?: SampleBatch;
  readonly tick?: readonly DeviceId[];
  /** Wall clock of the front door, milliseconds since 1970. */
  readonly receivedMs: number;
  /** A client that numbers its batches: each (producer, sequence) is taken once. Sequences start at 1. */
  readonly producer?: string;
  readonly sequence?: number;
}

/** Encodes as `hark.v1.SamplesRecord` of `hark.proto`. */
export function encodeSamplesRecord(record: SamplesRecord): Uint8Array {
  if (record.batch !== undefined) {
    const encoder = new SampleBatchEncoding(record.batch);
    const { bytes, at } = recordAround(encoder.length, record);
    encoder.write(bytes, at);
    return bytes;
  }
  const writer = Writer.create();
  if (record.tick !== undefined) {
    writer.uint32((2 << 3) | 2).fork();
    for (const id of record.tick) {
      writer.uint32((1 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).string(id.user);
      writer.uint32((2 << 3) | 2).string(id.device);
      writer.ldelim();
    }
    writer.ldelim();
  }
  writeOrigin(writer, record);
  return writer.finish();
}

/** The record of a batch that is encoded already: what {@link encodeSamplesRecord} makes of the batch itself. */
export function recordOfEncodedBatch(
  batch: Uint8Array,
  origin: Pick<SamplesRecord, 'receivedMs' | 'producer' | 'sequence'>,
): Uint8Array {
  const { bytes, at } = recordAround(batch.length, origin);
  bytes.set(batch, at);
  return bytes;
}

/**
 * @param room columns for the batch, which is then valid until they are used again; without it the batch has its own.
 * @throws RecordFormatError when the bytes are not a samples record.
 */
export function decodeSamplesRecord(bytes: Uint8Array, room?: SampleColumns): SamplesRecord {
  return readRecord('SamplesRecord', () => {
    const record: { -readonly [K in keyof SamplesRecord]: SamplesRecord[K] } = { receivedMs: 0 };
    const reader = Reader.create(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      switch (tag >>> 3) {
        case 1:
          record.batch = decodeSampleBatch(reader.bytes(), room);
          break;
        case 2:
          record.tick = readTick(reader, reader.uint32() + reader.pos);
          break;
        case 3:
          record.receivedMs = reader.double();
          break;
        case 4:
          record.producer = reader.string();
          break;
        case 5:
          record.sequence = reader.uint32();
          break;
        default:
          reader.skipType(tag & 7);
      }
    }
    return record;
  });
}

function readTick(reader: Reader, end: number): DeviceId[] {
  const devices: DeviceId[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 !== 1) {
      reader.skipType(tag & 7);
      continue;
    }
    const [user = '', device = ''] = readStrings(reader, reader.uint32() + reader.pos);
    devices.push({ user, device });
  }
  return devices;
}

/** A record with room for a batch of `length` encoded bytes at `at`; everything else is written. */
function recordAround(
  length: number,
  origin: Pick<SamplesRecord, 'receivedMs' | 'producer' | 'sequence'>,
): { readonly bytes: Uint8Array; readonly at: number } {
  const head = Writer.create()
    .uint32((1 << 3) | 2)
    .uint32(length)
    .finish();
  const writer = Writer.create();
  writeOrigin(writer, origin);
  const tail = writer.finish();
  const bytes = new Uint8Array(head.length + length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length + length);
  return { bytes, at: head.length };
}

function writeOrigin(
  writer: Writer,
  { receivedMs, producer, sequence }: Pick<SamplesRecord, 'receivedMs' | 'producer' | 'sequence'>,
): void {
  writer.uint32((3 << 3) | 1).double(receivedMs);
  if (producer !== undefined) writer.uint32((4 << 3) | 2).string(producer);
  if (sequence !== undefined) writer.uint32((5 << 3) | 0).uint32(sequence);
}
