import protobuf from 'protobufjs/minimal.js';
import { ByteArena } from './byte-arena.js';
import type { StreamId } from './identity.js';
import { decodeNanoseconds } from './int64-column.js';
import { RecordFormatError } from './record-format.js';
import { decodeSampleBatch } from './sample-batch-decoding.js';

const { Reader, Writer } = protobuf;

/** The samples of a record, of which each column is decoded when it is first asked for. Columns as in `SampleBatch`. */
export interface LazySamples {
  readonly rows: number;
  readonly streams: readonly StreamId[];
  readonly labels: readonly string[];
  stream(): Uint16Array;
  creation(): { readonly ms: Float64Array; readonly subNs: Int32Array };
  arrivalMs(): Float64Array;
  axis(axis: 'x' | 'y' | 'z'): Float64Array;
  label(): Uint8Array;
}

/** Fields of `hark.v1.SampleBatch` that are columns: name, and bytes a row. */
const COLUMNS: Readonly<Record<number, readonly [name: string, width: number]>> = {
  4: ['stream', 2],
  5: ['creation_time_ns', 8],
  6: ['arrival_time_ms', 8],
  7: ['x', 8],
  8: ['y', 8],
  9: ['z', 8],
  10: ['label', 1],
};
const AXES = { x: 7, y: 8, z: 9 } as const;
/** All rows are of the first stream, or unlabelled, where these are not there. */
const OPTIONAL = [4, 10];

/**
 * Finds the columns in a record of the topic `samples`.
 *
 * @param arena where columns are decoded to; they are valid until it is cleared.
 * @returns null when it holds no samples.
 * @throws RecordFormatError when the bytes are not a samples record; from a column, when an index in it points at
 *   nothing.
 */
export function readLazySamples(record: Uint8Array, arena = new ByteArena()): LazySamples | null {
  try {
    const reader = Reader.create(record);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === 1) return columnsOf(reader.bytes(), arena);
      reader.skipType(tag & 7);
    }
    return null;
  } catch (error) {
    if (error instanceof RecordFormatError) throw error;
    throw new RecordFormatError(`not a SamplesRecord: ${(error as Error).message}`);
  }
}

function columnsOf(batch: Uint8Array, arena: ByteArena): LazySamples {
  const reader = Reader.create(batch);
  const dictionaries = Writer.create();
  const columns = new Map<number, Uint8Array>();
  let rows = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if (field === 1) rows = reader.uint32();
    else if (field in COLUMNS && (tag & 7) === 2) columns.set(field, reader.bytes());
    else if (field === 2 || field === 3) dictionaries.uint32(tag).bytes(reader.bytes());
    else reader.skipType(tag & 7);
  }
  for (const [field, [name, width]] of Object.entries(COLUMNS)) {
    const length = columns.get(Number(field))?.length;
    if (length === undefined && (rows === 0 || OPTIONAL.includes(Number(field)))) continue;
    if (length !== rows * width) {
      throw new RecordFormatError(
        `the column ${name} has ${length ?? 0} bytes, expected ${rows * width}: ${width} for each of ${rows} rows`,
      );
    }
  }
  // A batch without rows: what is left are the dictionaries.
  const { streams, labels } = decodeSampleBatch(dictionaries.finish());
  /** A copy: the bytes are a view into the record at any alignment. */
  const bytes = (field: number): Uint8Array<ArrayBuffer> => {
    const found = columns.get(field);
    return found === undefined ? arena.take(rows * COLUMNS[field][1]).fill(0) : arena.copy(found);
  };
  const doubles = ({ buffer, byteOffset }: Uint8Array<ArrayBuffer>) =>
    new Float64Array(buffer, byteOffset, rows);
  return {
    rows,
    streams,
    labels,
    stream() {
      const { buffer, byteOffset } = bytes(4);
      return within(new Uint16Array(buffer, byteOffset, rows), streams.length, 'stream');
    },
    label: () => within(bytes(10), labels.length + 1, 'label'),
    creation() {
      const words = bytes(5);
      const ms = doubles(arena.take(8 * rows));
      const { buffer, byteOffset } = arena.take(4 * rows);
      const subNs = new Int32Array(buffer, byteOffset, rows);
      decodeNanoseconds(new Uint32Array(words.buffer, words.byteOffset, 2 * rows), ms, subNs, rows);
      return { ms, subNs };
    },
    arrivalMs: () => doubles(bytes(6)),
    axis: (axis) => doubles(bytes(AXES[axis])),
  };
}

function within<Indexes extends Uint16Array | Uint8Array>(
  indexes: Indexes,
  size: number,
  name: string,
): Indexes {
  let greatest = -1;
  for (let i = 0; i < indexes.length; i++) if (indexes[i] > greatest) greatest = indexes[i];
  if (greatest >= size) {
    throw new RecordFormatError(`there is no ${name} ${greatest}; indexes of it are below ${size}`);
  }
  return indexes;
}
