import protobuf from 'protobufjs/minimal.js';
import { SENSORS, type DeviceId, type Sensor, type StreamId } from './identity.js';
import { decodeNanoseconds, encodeNanoseconds } from './int64-column.js';
import { SampleColumns, type SampleBatch } from './sample-batch.js';

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
  return reading('SamplesRecord', () => {
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

/**
 * Encodes as `hark.v1.SampleBatch`.
 *
 * @param room where to write it when it is large enough: the result is then a view of it. Each call that is given the
 * same room overwrites what the last one made.
 */
export function encodeSampleBatch(batch: SampleBatch, room?: Uint8Array): Uint8Array {
  const encoding = new SampleBatchEncoding(batch);
  const { length } = encoding;
  const bytes =
    room !== undefined && room.length >= length ? room.subarray(0, length) : new Uint8Array(length);
  encoding.write(bytes, 0);
  return bytes;
}

/** Bytes that {@link encodeSampleBatch} makes of a batch. */
export function encodedLength(batch: SampleBatch): number {
  return new SampleBatchEncoding(batch).length;
}

/**
 * Decodes and checks the shape: every column as long as `rows`, every index within its dictionary.
 *
 * @param room columns to decode into: the batch is then valid until they are used again.
 * @throws RecordFormatError
 */
export function decodeSampleBatch(bytes: Uint8Array, room = new SampleColumns(0)): SampleBatch {
  return reading('SampleBatch', () => {
    const reader = Reader.create(bytes);
    const streams: StreamId[] = [];
    const labels: string[] = [];
    const found: (Uint8Array | undefined)[] = [];
    let rows = 0;
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const field = tag >>> 3;
      if (field === 1) rows = reader.uint32();
      else if (field === 2) streams.push(readStream(reader, reader.uint32() + reader.pos));
      else if (field === 3) labels.push(reader.string());
      else if (field in COLUMNS) found[field] = readColumn(reader, tag);
      else reader.skipType(tag & 7);
    }
    // Before anything is allocated: a few bytes may claim any number of rows.
    for (const field of [4, 5, 6, 7, 8, 9, 10]) checkColumn(field, found[field], rows);
    room.fit(rows);
    const { stream, label, creationMs, creationSubNs } = room;
    const take = (field: number, column: Float64Array | Uint32Array | Uint16Array | Uint8Array): void => {
      // A copy: the bytes read are a view into the record at any alignment.
      const source = found[field];
      if (source === undefined) column.fill(0, 0, rows);
      else new Uint8Array(column.buffer, column.byteOffset, source.length).set(source);
    };
    take(4, stream);
    take(5, room.words);
    decodeNanoseconds(room.words, creationMs, creationSubNs, rows);
    take(6, room.arrivalMs);
    take(7, room.x);
    take(8, room.y);
    take(9, room.z);
    take(10, label);
    for (let i = 0; i < rows; i++) {
      if (stream[i] >= streams.length) {
        throw new RecordFormatError(
          `row ${i + 1}: there is no stream ${stream[i]}; streams has ${streams.length}, the first is 0`,
        );
      }
      if (label[i] > labels.length) {
        throw new RecordFormatError(
          `row ${i + 1}: there is no label ${label[i]}; labels has ${labels.length}, the first is 1`,
        );
      }
    }
    return room.batch(rows, streams, labels);
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

/** Bytes of one row in each column. */
const WIDTHS: Readonly<Record<number, number>> = { 4: 2, 5: 8, 6: 8, 7: 8, 8: 8, 9: 8, 10: 1 };

function checkColumn(field: number, column: Uint8Array | undefined, rows: number): void {
  if (column === undefined) {
    if (rows > 0 && field !== 4 && field !== 10)
      throw new RecordFormatError(`the column ${COLUMNS[field]} is missing`);
    return;
  }
  const width = WIDTHS[field];
  if (column.length === rows * width) return;
  throw new RecordFormatError(
    `the column ${COLUMNS[field]} has ${column.length} bytes, expected ${rows * width}: ` +
      `${width} for each of ${rows} rows`,
  );
}

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

/**
 * The encoding of a batch, measured before it is written: its columns go straight to where they are wanted, without a
 * writer's copies in between.
 */
class SampleBatchEncoding {
  readonly length: number;
  private readonly dictionaries: Uint8Array;

  constructor(private readonly batch: SampleBatch) {
    const { rows, streams, labels } = batch;
    const writer = Writer.create();
    writer.uint32((1 << 3) | 0).uint32(rows);
    for (const stream of streams) {
      writer.uint32((2 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).string(stream.user);
      writer.uint32((2 << 3) | 2).string(stream.device);
      writer.uint32((3 << 3) | 2).string(stream.model);
      writer.uint32((4 << 3) | 2).string(stream.sensor);
      writer.ldelim();
    }
    for (const label of labels) writer.uint32((3 << 3) | 2).string(label);
    this.dictionaries = writer.finish();
    let length = this.dictionaries.length;
    for (const field of this.fields()) {
      const bytes = rows * WIDTHS[field];
      length += 1 + varintLength(bytes) + bytes;
    }
    this.length = length;
  }

  write(target: Uint8Array, start: number): void {
    const { rows, stream, creationMs, creationSubNs, arrivalMs, x, y, z, label } = this.batch;
    target.set(this.dictionaries, start);
    let at = start + this.dictionaries.length;
    for (const field of this.fields()) {
      const length = rows * WIDTHS[field];
      target[at++] = (field << 3) | 2;
      at = writeVarint(target, at, length);
      if (field === 5) {
        encodeNanoseconds(
          creationMs,
          creationSubNs,
          rows,
          new DataView(target.buffer, target.byteOffset + at, length),
        );
      } else {
        const column =
          field === 4
            ? stream
            : field === 6
              ? arrivalMs
              : field === 7
                ? x
                : field === 8
                  ? y
                  : field === 9
                    ? z
                    : label;
        target.set(new Uint8Array(column.buffer, column.byteOffset, length), at);
      }
      at += length;
    }
  }

  /** The columns that are written, in order: the rows of one stream need not say which, nor unlabelled ones that. */
  private fields(): readonly number[] {
    const { streams, labels } = this.batch;
    return [4, 5, 6, 7, 8, 9, 10].filter((field) =>
      field === 4 ? streams.length > 1 : field === 10 ? labels.length > 0 : true,
    );
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest >>>= 7) length++;
  return length;
}

function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
  bytes[at++] = rest;
  return at;
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
