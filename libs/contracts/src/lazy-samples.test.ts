import { describe, expect, it } from 'vitest';
import { SampleBatchBuilder } from './sample-batch.js';
import { readLazySamples } from './lazy-samples.js';
import { RecordFormatError } from './record-format.js';
import { decodeSamplesRecord, encodeSamplesRecord } from './samples-record.js';

function example(rows: number): Uint8Array {
  const builder = new SampleBatchBuilder();
  for (let i = 0; i < rows; i++) {
    const stream = builder.streamOf(i % 2 === 0 ? 'a' : 'b', 'gear_1', 'gear', 'gyroscope');
    const label = builder.labelOf(['walk', null, 'sit'][i % 3]);
    builder.push(stream, 1_424_696_633_913 + i, i * 1000, 5 + i, i / 3, -i, i * 2, label);
  }
  return encodeSamplesRecord({ batch: builder.take(), receivedMs: 7, producer: 'p', sequence: 3 });
}

describe('the columns of a samples record', () => {
  it.each([0, 1, 7])('are those of the batch of %i rows', (rows) => {
    const record = example(rows);
    const batch = decodeSamplesRecord(record).batch!;
    const columns = readLazySamples(record)!;
    expect(columns.rows).toBe(rows);
    expect(columns.streams).toEqual(batch.streams);
    expect(columns.labels).toEqual(batch.labels);
    // The batch's columns may have room for more rows.
    const held = (column: ArrayLike<number>) => Array.from(column).slice(0, rows);
    expect(held(columns.stream())).toEqual(held(batch.stream));
    expect(held(columns.label())).toEqual(held(batch.label));
    expect(held(columns.creation().ms)).toEqual(held(batch.creationMs));
    expect(held(columns.creation().subNs)).toEqual(held(batch.creationSubNs));
    expect(held(columns.arrivalMs())).toEqual(held(batch.arrivalMs));
    for (const axis of ['x', 'y', 'z'] as const) expect(held(columns.axis(axis))).toEqual(held(batch[axis]));
  });

  it('are none in a tick', () => {
    expect(readLazySamples(encodeSamplesRecord({ tick: [], receivedMs: 1 }))).toBeNull();
  });

  it('are refused in bytes that end too soon or are no record', () => {
    const record = example(7);
    expect(() => readLazySamples(record.subarray(0, 60))).toThrow(RecordFormatError);
    expect(() => readLazySamples(Uint8Array.of(0xff, 0xff))).toThrow(RecordFormatError);
  });

  it('are refused when an index points at nothing', () => {
    const { batch } = decodeSamplesRecord(example(7));
    const damaged = encodeSamplesRecord({
      batch: { ...batch!, label: new Uint8Array(7).fill(9) },
      receivedMs: 1,
    });
    const columns = readLazySamples(damaged)!;
    expect(() => columns.label()).toThrow('there is no label 9; indexes of it are below 3');
  });
});
