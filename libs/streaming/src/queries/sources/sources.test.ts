import { SampleBatchBuilder, encodeSamplesRecord, encodeWindowRecord } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { predictionsRows, rowsOf, samplesRows, windowsRows, type RowBatch } from '../index.js';

const objects = (batch: RowBatch) =>
  rowsOf(batch).map((row) => Object.fromEntries(row.map((value, c) => [batch.schema[c].name, value])));

describe('the topic samples as rows', () => {
  it('has the columns of HHAR, every one exact, and the event time', () => {
    const builder = new SampleBatchBuilder();
    builder.push(
      builder.streamOf('a', 'nexus4_1', 'nexus4', 'accelerometer'),
      1_424_686_733_090,
      638_193,
      5_000_007,
      1,
      2,
      3,
      builder.labelOf('walk'),
    );
    builder.push(builder.streamOf('b', 'gear_1', 'gear', 'gyroscope'), 0, 1, 0, -1, -2, -3, 0);
    const value = encodeSamplesRecord({ batch: builder.take(), receivedMs: 0 });
    expect(objects(samplesRows.rows({ value })!)).toEqual([
      {
        Arrival_Time: 5_000_007,
        Creation_Time: 1_424_686_733_090_638_193n,
        x: 1,
        y: 2,
        z: 3,
        User: 'a',
        Model: 'nexus4',
        Device: 'nexus4_1',
        gt: 'walk',
        Sensor: 'accelerometer',
        event_time: 1_424_686_733_090_638_193n,
      },
      {
        Arrival_Time: 0,
        Creation_Time: 1,
        x: -1,
        y: -2,
        z: -3,
        User: 'b',
        Model: 'gear',
        Device: 'gear_1',
        gt: null,
        Sensor: 'gyroscope',
        event_time: 1n,
      },
    ]);
  });

  it('has no rows in a tick', () => {
    expect(samplesRows.rows({ value: encodeSamplesRecord({ tick: [], receivedMs: 0 }) })).toBeNull();
  });
});

describe('windows and predictions as rows', () => {
  it('are the fields of a window, event time its start', () => {
    const value = encodeWindowRecord({
      user: 'a',
      device: 'gear_1',
      model: 'gear',
      startMs: 1280,
      sizeMs: 2560,
      revision: 1,
      final: true,
      accelerometer: 256,
      gyroscope: 0,
      late: 3,
      duplicates: 2,
      label: null,
      features: Float64Array.of(1),
      featureSchema: 'f',
      receivedMs: 9,
    });
    expect(objects(windowsRows.rows({ value })!)).toEqual([
      {
        id: 'a/gear_1/1280000000',
        user: 'a',
        device: 'gear_1',
        model: 'gear',
        event_time: 1_280_000_000n,
        end_time: 3_840_000_000n,
        revision: 1,
        final: true,
        accelerometer: 256,
        gyroscope: 0,
        late: 3,
        duplicates: 2,
        label: null,
        featureSchema: 'f',
        receivedMs: 9,
      },
    ]);
  });

  it('are the fields of a prediction', () => {
    const prediction = {
      kind: 'prediction',
      id: 'a/gear_1/1',
      user: 'a',
      device: 'gear_1',
      model: 'gear',
      window: { start: '1970-01-01T00:00:01.280Z', end: '1970-01-01T00:00:03.840Z', startNs: '1280000000' },
      activity: 'walk',
      confidence: 0.5,
      probabilities: { walk: 0.5, sit: 0.5 },
      modelVersion: 4,
      state: 'ok',
      reason: null,
      revision: 0,
      final: false,
      label: 'sit',
      samples: { accelerometer: 1, gyroscope: 2, late: 3, duplicates: 4 },
      receivedMs: 8,
    };
    const value = new TextEncoder().encode(JSON.stringify(prediction));
    expect(objects(predictionsRows.rows({ value })!)).toMatchObject([
      {
        activity: 'walk',
        confidence: 0.5,
        probabilities: '{"walk":0.5,"sit":0.5}',
        event_time: 1_280_000_000n,
        end_time: 3_840_000_000n,
        final: false,
        gyroscope: 2,
      },
    ]);
    expect(() => predictionsRows.rows({ value: Uint8Array.of(1) })).toThrow('not a prediction');
  });
});
