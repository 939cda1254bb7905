import protobuf from 'protobufjs/minimal.js';
import { encodeNanoseconds } from './int64-column.js';
import { WIDTHS } from './sample-batch-columns.js';
import type { SampleBatch } from './sample-batch.js';

const { Writer } = protobuf;

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
 * The encoding of a batch, measured before it is written: its columns go straight to where they are wanted, without a
 * writer's copies in between.
 */
export class SampleBatchEncoding {
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
