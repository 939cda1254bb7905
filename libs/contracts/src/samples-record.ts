import protobuf from 'protobufjs/minimal.js';
import { SENSORS, type DeviceId, type Sensor, type StreamId } from './identity.js';
import { decodeNanoseconds, encodeNanoseconds } from './int64-column.js';
import type { SampleBatch } from './sample-batch.js';

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

/** Thrown when bytes are not a record of the kind asked for. */
export class RecordFormatError extends Error {
  readonly code = 'record_format';
}

/** Encodes as `hark.v1.SamplesRecord` of `hark.proto`. */
export function encodeSamplesRecord(record: SamplesRecord): Uint8Array {
  const writer = Writer.create();
  if (record.batch !== undefined) {
    writer.uint32((1 << 3) | 2).bytes(encodeSampleBatch(record.batch));
  } else if (record.tick !== undefined) {
    writer.uint32((2 << 3) | 2).fork();
    for (const id of record.tick) {
      writer.uint32((1 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).string(id.user);
      writer.uint32((2 << 3) | 2).string(id.device);
      writer.ldelim();
    }
    writer.ldelim();
  }
  writer.uint32((3 << 3) | 1).double(record.receivedMs);
  if (record.producer !== undefined) writer.uint32((4 << 3) | 2).string(record.producer);
  if (record.sequence !== undefined) writer.uint32((5 << 3) | 0).uint32(record.sequence);
  return writer.finish();
}

/** @throws RecordFormatError when the bytes are not a samples record. */
export function decodeSamplesRecord(bytes: Uint8Array): SamplesRecord {
  return reading('SamplesRecord', () => {
    const record: { -readonly [K in keyof SamplesRecord]: SamplesRecord[K] } = { receivedMs: 0 };
    const reader = Reader.create(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      switch (tag >>> 3) {
        case 1:
          record.batch = decodeSampleBatch(reader.bytes());
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

/** Encodes as `hark.v1.SampleBatch`. */
export function encodeSampleBatch(batch: SampleBatch): Uint8Array {
  const { rows } = batch;
  const writer = Writer.create();
  writer.uint32((1 << 3) | 0).uint32(rows);
  for (const stream of batch.streams) {
    writer.uint32((2 << 3) | 2).fork();
    writer.uint32((1 << 3) | 2).string(stream.user);
    writer.uint32((2 << 3) | 2).string(stream.device);
    writer.uint32((3 << 3) | 2).string(stream.model);
    writer.uint32((4 << 3) | 2).string(stream.sensor);
    writer.ldelim();
  }
  for (const label of batch.labels) writer.uint32((3 << 3) | 2).string(label);
  if (batch.streams.length > 1) writer.uint32((4 << 3) | 2).bytes(bytesOf(batch.stream, rows));
  writer.uint32((5 << 3) | 2).bytes(encodeNanoseconds(batch.creationMs, batch.creationSubNs, rows));
  writer.uint32((6 << 3) | 2).bytes(bytesOf(batch.arrivalMs, rows));
  writer.uint32((7 << 3) | 2).bytes(bytesOf(batch.x, rows));
  writer.uint32((8 << 3) | 2).bytes(bytesOf(batch.y, rows));
  writer.uint32((9 << 3) | 2).bytes(bytesOf(batch.z, rows));
  if (batch.labels.length > 0) writer.uint32((10 << 3) | 2).bytes(bytesOf(batch.label, rows));
  return writer.finish();
}

/**
 * Decodes and checks the shape: every column as long as `rows`, every index within its dictionary.
 *
 * @throws RecordFormatError
 */
export function decodeSampleBatch(bytes: Uint8Array): SampleBatch {
  return reading('SampleBatch', () => {
    const reader = Reader.create(bytes);
    const streams: StreamId[] = [];
    const labels: string[] = [];
    const columns: (Uint8Array | undefined)[] = [];
    let rows = 0;
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const field = tag >>> 3;
      if (field === 1) rows = reader.uint32();
      else if (field === 2) streams.push(readStream(reader, reader.uint32() + reader.pos));
      else if (field === 3) labels.push(reader.string());
      else if (field in COLUMNS) columns[field] = readColumn(reader, tag);
      else reader.skipType(tag & 7);
    }
    const column = (field: number, width: number): ArrayBuffer => {
      const found = columns[field];
      if (found === undefined) {
        // Before anything is allocated: a few bytes may claim any number of rows.
        if (rows > 0 && field !== 4 && field !== 10)
          throw new RecordFormatError(`the column ${COLUMNS[field]} is missing`);
        return new ArrayBuffer(rows * width);
      }
      if (found.length !== rows * width) {
        throw new RecordFormatError(
          `the column ${COLUMNS[field]} has ${found.length} bytes, expected ${rows * width}: ` +
            `${width} for each of ${rows} rows`,
        );
      }
      // A copy of its own: the bytes read are a view into the record at any alignment.
      return new Uint8Array(found).buffer;
    };
    const creationTime = column(5, 8);
    const creationMs = new Float64Array(rows);
    const creationSubNs = new Int32Array(rows);
    decodeNanoseconds(creationTime, creationMs, creationSubNs);
    const batch: SampleBatch = {
      rows,
      streams,
      labels,
      stream: new Uint16Array(column(4, 2)),
      creationMs,
      creationSubNs,
      arrivalMs: new Float64Array(column(6, 8)),
      x: new Float64Array(column(7, 8)),
      y: new Float64Array(column(8, 8)),
      z: new Float64Array(column(9, 8)),
      label: new Uint8Array(column(10, 1)),
    };
    for (let i = 0; i < rows; i++) {
      if (batch.stream[i] >= streams.length) {
        throw new RecordFormatError(
          `row ${i + 1}: there is no stream ${batch.stream[i]}; streams has ${streams.length}, the first is 0`,
        );
      }
      if (batch.label[i] > labels.length) {
        throw new RecordFormatError(
          `row ${i + 1}: there is no label ${batch.label[i]}; labels has ${labels.length}, the first is 1`,
        );
      }
    }
    return batch;
  });
}

/** Names of the columns by their field, as in `hark.proto`. */
const COLUMNS: Readonly<Record<number, string>> = {
  4: 'stream',
  5: 'creation_time_ns',
  6: 'arrival_time_ms',
  7: 'x',
  8: 'y',
  9: 'z',
  10: 'label',
};

function readColumn(reader: Reader, tag: number): Uint8Array {
  if ((tag & 7) !== 2)
    throw new RecordFormatError(`the column ${COLUMNS[tag >>> 3]} is not a field of bytes`);
  return reader.bytes();
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

function readStream(reader: Reader, end: number): StreamId {
  const [user = '', device = '', model = '', sensor = ''] = readStrings(reader, end);
  if (!(SENSORS as readonly string[]).includes(sensor)) {
    throw new RecordFormatError(`unknown sensor ${JSON.stringify(sensor)}`);
  }
  return { user, device, model, sensor: sensor as Sensor };
}

/** The string fields 1, 2, 3 … of a message, in field order. */
function readStrings(reader: Reader, end: number): (string | undefined)[] {
  const fields: (string | undefined)[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) fields[(tag >>> 3) - 1] = reader.string();
    else reader.skipType(tag & 7);
  }
  return fields;
}

function bytesOf(column: Float64Array | Uint16Array | Uint8Array, rows: number): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, rows * column.BYTES_PER_ELEMENT);
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecordFormatError) throw error;
    // The decoder's own message for an end that comes too soon speaks of its buffer.
    const reason = error instanceof RangeError ? 'the bytes end within a field' : (error as Error).message;
    throw new RecordFormatError(`not a ${what}: ${reason}`);
  }
}
