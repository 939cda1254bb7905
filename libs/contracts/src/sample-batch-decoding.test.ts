import { describe, expect, it } from 'vitest';
import { RecordFormatError } from './record-format.js';
import { decodeSampleBatch } from './sample-batch-decoding.js';
import { encodeSampleBatch, encodedLength } from './sample-batch-encoding.js';
import { SampleBatchBuilder, SampleColumns } from './sample-batch.js';
import { twoStreams } from './testing/two-streams.js';

describe('an encoded batch', () => {
  it('is cut into columns as long as its rows say', () => {
    const bytes = encodeSampleBatch(twoStreams());
    const wrong = Uint8Array.from(bytes);
    wrong[1] = 2;
    expect(() => decodeSampleBatch(wrong)).toThrow('expected');
  });

  it.each([
    ['is missing', [8, 1], 'the column creation_time_ns is missing'],
    [
      'is too short',
      [8, 1, (5 << 3) | 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, (6 << 3) | 2, 1, 0],
      'the column arrival_time_ms has 1 bytes, expected 8: 8 for each of 1 rows',
    ],
    ['is a number', [8, 1, 7 << 3, 1], 'the column x is not a field of bytes'],
  ])('is refused with the name of a column that %s', (_, bytes, message) => {
    expect(() => decodeSampleBatch(Uint8Array.from(bytes))).toThrow(new RecordFormatError(message));
  });

  it('is refused in words of its own when the bytes end too soon', () => {
    for (const bytes of [[0x80], [(5 << 3) | 2, 9, 1]]) {
      expect(() => decodeSampleBatch(Uint8Array.from(bytes))).toThrow(
        new RecordFormatError('not a SampleBatch: the bytes end within a field'),
      );
    }
  });
});

describe('room that is used again', () => {
  it('takes what is encoded, and gives the same bytes as room of its own', () => {
    const batch = twoStreams();
    const own = encodeSampleBatch(batch);
    const room = new Uint8Array(own.length + 100).fill(0xee);
    const there = encodeSampleBatch(batch, room);
    expect(there.buffer).toBe(room.buffer);
    expect(there).toEqual(own);
    expect(encodeSampleBatch(batch, new Uint8Array(own.length - 1))).toEqual(own);
    expect(encodedLength(batch)).toBe(own.length);
  });

  it('takes what is decoded, and forgets what was there before', () => {
    const room = new SampleColumns(1);
    const first = decodeSampleBatch(encodeSampleBatch(twoStreams()), room);
    expect(first).toEqual(twoStreams());
    const builder = new SampleBatchBuilder(1);
    const only = builder.streamOf('b', 'd', 'm', 'gyroscope');
    builder.push(only, 5, 6, 7, 1, 2, 3, 0);
    builder.push(only, 8, 9, 10, 4, 5, 6, 0);
    const second = builder.take();
    const decoded = decodeSampleBatch(encodeSampleBatch(second), room);
    expect(decoded).toEqual(second);
    expect(decoded.x.buffer).toBe(first.x.buffer);
  });
});
