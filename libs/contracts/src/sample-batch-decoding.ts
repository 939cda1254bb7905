import protobuf from 'protobufjs/minimal.js';
import { SENSORS, type Sensor, type StreamId } from './identity.js';
import { decodeNanoseconds } from './int64-column.js';
import { RecordFormatError, readRecord, readStrings } from './record-format.js';
import { COLUMNS, WIDTHS } from './sample-batch-columns.js';
import { SampleColumns, type SampleBatch } from './sample-batch.js';

const { Reader } = protobuf;
type Reader = protobuf.Reader;

/**
 * Decodes and checks the shape: every column as long as `rows`, every index within its dictionary.
 *
 * @param room columns to decode into: the batch is then valid until they are used again.
 * @throws RecordFormatError
 */
export function decodeSampleBatch(bytes: Uint8Array, room = new SampleColumns(0)): SampleBatch {
  return readRecord('SampleBatch', () => {
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

function readStream(reader: Reader, end: number): StreamId {
  const [user = '', device = '', model = '', sensor = ''] = readStrings(reader, end);
  if (!(SENSORS as readonly string[]).includes(sensor)) {
    throw new RecordFormatError(`unknown sensor ${JSON.stringify(sensor)}`);
  }
  return { user, device, model, sensor: sensor as Sensor };
}
