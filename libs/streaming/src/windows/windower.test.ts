import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { encodeSamplesRecord, type StreamId } from '@hark/contracts';
import { StateFormatError } from '../runner/processor.js';
import { WindowerHarness, type TestRow } from '../testing/windower-harness.js';
import { Windower } from './windower.js';

const PHONE = { user: 'a', device: 'phone' };
/** One-second windows every half second, two seconds of allowed lateness. */
const SHORT = { sizeMs: 1000, hopMs: 500, latenessMs: 2000, sensorLagMs: 3000 };

const every = (stepMs: number, fromMs: number, toMs: number, row: Partial<TestRow> = {}): TestRow[] =>
  Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, i) => ({
    ms: fromMs + i * stepMs,
    ...row,
  }));

describe('windows', () => {
  it('are aligned to the epoch of event time and hold every sample of their span in each overlapping one', () => {
    const harness = new WindowerHarness(SHORT).add(...every(250, 10_000, 12_000)).tick(PHONE);
    expect(harness.final.map((w) => [w.startMs, w.accelerometer])).toEqual([
      [9_500, 2],
      [10_000, 4],
      [10_500, 4],
      [11_000, 4],
      [11_500, 2],
    ]);
  });

  it('are emitted early once the device passes their end, and finally once the watermark does', () => {
    const harness = new WindowerHarness({ ...SHORT, sensorLagMs: 0 }).add(...every(250, 10_000, 11_001));
    expect(harness.windows.map((w) => [w.startMs, w.final])).toEqual([
      [9_500, false],
      [10_000, false],
    ]);
    harness.add({ ms: 12_499 });
    expect(harness.final).toEqual([]);
    harness.add({ ms: 12_500 });
    expect(harness.final.map((w) => w.startMs)).toEqual([9_500]);
  });

  it('keep their revision when nothing changed between the early and the final emission', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 100 }, { ms: 1_200 }).tick(PHONE);
    const first = harness.windows.filter((w) => w.startMs === 0);
    expect(first.map((w) => [w.revision, w.final, w.accelerometer])).toEqual([
      [0, false, 1],
      [0, true, 1],
    ]);
  });

  it('grow their revision when a sample came after the early emission', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 100 }, { ms: 1_200 }, { ms: 200, x: 6 }).tick(PHONE);
    const first = harness.windows.filter((w) => w.startMs === 0);
    expect(first.map((w) => [w.revision, w.final, [...w.features]])).toEqual([
      [0, false, [1, 0, 0, 0]],
      [1, true, [2, 3, 0, 0]],
    ]);
  });

  it('skip a pause without emitting windows that hold nothing', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 100 }, { ms: 50_100 }).tick(PHONE);
    expect(harness.final.map((w) => w.startMs)).toEqual([0, 49_500, 50_000]);
  });

  it('join both sensors of a device', () => {
    const harness = new WindowerHarness(SHORT)
      .add({ ms: 100, x: 1 }, { ms: 150, x: 5, sensor: 'gyroscope' }, { ms: 200, x: 3 })
      .tick(PHONE);
    expect(harness.final.map((w) => [...w.features])).toEqual([[2, 2, 1, 5]]);
  });

  it('keep devices and users apart', () => {
    const harness = new WindowerHarness(SHORT)
      .add({ ms: 100 }, { ms: 150, device: 'watch' }, { ms: 200, user: 'b' })
      .tick({ user: 'b', device: 'phone' }, PHONE, { user: 'a', device: 'watch' });
    expect(harness.final.map((w) => [w.user, w.device, w.accelerometer])).toEqual([
      ['a', 'phone', 1],
      ['a', 'watch', 1],
      ['b', 'phone', 1],
    ]);
  });

  it('of several devices closed by one tick come in the order of the devices’ first samples', () => {
    const devices = ['c', 'a', 'b'].map((device) => ({ user: 'u', device }));
    const rows = devices.map(({ user, device }, i) => ({ user, device, ms: 900 - i }));
    for (const tick of [devices, [...devices].reverse()]) {
      const harness = new WindowerHarness(SHORT).add(...rows).tick(...tick);
      expect(harness.final.filter((w) => w.startMs === 0).map((w) => w.device)).toEqual(['c', 'a', 'b']);
    }
  });

  it('are labelled with the most frequent gt, unlabelled counting as one, the earliest among equals', () => {
    const label = (...rows: TestRow[]) => new WindowerHarness(SHORT).add(...rows).tick(PHONE).final[0].label;
    expect(label({ ms: 0, gt: 'sit' }, { ms: 1, gt: 'walk' }, { ms: 2, gt: 'walk' })).toBe('walk');
    expect(label({ ms: 0, gt: 'sit' }, { ms: 1, gt: 'walk' })).toBe('sit');
    expect(label({ ms: 1, gt: 'walk' }, { ms: 0, gt: 'sit' })).toBe('sit');
    expect(label({ ms: 0 }, { ms: 1 }, { ms: 2, gt: 'walk' })).toBeNull();
  });

  it('refuse options that contradict each other, naming both', () => {
    expect(() => new WindowerHarness({ sizeMs: 1000, hopMs: 2000 })).toThrow(
      'hopMs: 2000 exceeds sizeMs 1000',
    );
    expect(() => new WindowerHarness({ sizeMs: 0.5 })).toThrow('invalid sizeMs: 0.5');
  });
});

describe('deduplication', () => {
  it('keeps two samples 1 ns apart and drops the third that repeats one', () => {
    const harness = new WindowerHarness(SHORT)
      .add({ ms: 1_424_686_733_090, subNs: 638_193 }, { ms: 1_424_686_733_090, subNs: 638_194 })
      .add({ ms: 1_424_686_733_090, subNs: 638_193 })
      .tick(PHONE);
    expect(harness.windower.status()[0]).toMatchObject({
      accepted: 3,
      windowed: 2,
      duplicates: 1,
      late: 0,
      open: 0,
    });
    expect(harness.final.map((w) => [w.accelerometer, w.duplicates])).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  it('takes the same instant of the other sensor for another sample', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 5 }, { ms: 5, sensor: 'gyroscope' });
    expect(harness.windower.status()[0]).toMatchObject({ duplicates: 0, open: 2 });
  });

  it('remembers across a restart', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 5 }, { ms: 900 }).restart().add({ ms: 5 });
    expect(harness.windower.status()[0]).toMatchObject({ accepted: 3, duplicates: 1, open: 2 });
  });
});

describe('the watermark', () => {
  it('makes late what is behind it, and nothing at it', () => {
    const harness = new WindowerHarness({ ...SHORT, sensorLagMs: 0 })
      .add({ ms: 10_000, subNs: 7 })
      .add({ ms: 8_000, subNs: 6 }, { ms: 8_000, subNs: 7 });
    expect(harness.windower.status()[0]).toMatchObject({ late: 1, open: 2 });
  });

  it('never lets one device make the data of another late', () => {
    const harness = new WindowerHarness(SHORT)
      .add({ ms: 5_000_000, device: 'ahead' })
      .add({ ms: 1_000, device: 'behind' });
    expect(harness.windower.status().map((d) => [d.device, d.late])).toEqual([
      ['ahead', 0],
      ['behind', 0],
    ]);
  });

  it('follows the sensor that is behind, so that batches of one sensor at a time are not late', () => {
    const harness = new WindowerHarness(SHORT)
      .add(...every(100, 0, 2_800))
      .add(...every(100, 0, 2_800, { sensor: 'gyroscope' }))
      .tick(PHONE);
    expect(harness.windower.status()[0]).toMatchObject({ late: 0, windowed: 56 });
    expect(harness.final.find((w) => w.startMs === 0)).toMatchObject({ accelerometer: 10, gyroscope: 10 });
  });

  it('leaves a sensor behind that the other is more than the lag ahead of, and counts it again when it has caught up', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 0, sensor: 'gyroscope' }, ...every(100, 0, 3_001));
    expect(harness.windower.status()[0].watermarkMs).toBe(-1);
    harness.add({ ms: 3_100 });
    expect(harness.windower.status()[0].watermarkMs).toBe(1_100);
    harness.add({ ms: 2_000, sensor: 'gyroscope' }, { ms: 4_000 });
    expect(harness.windower.status()[0].watermarkMs).toBe(1_100);
    harness.add({ ms: 3_500, sensor: 'gyroscope' });
    expect(harness.windower.status()[0].watermarkMs).toBe(1_500);
  });

  it('passes every open window of a device at a tick, after which their samples are late', () => {
    const harness = new WindowerHarness(SHORT).add({ ms: 1_200 }).tick(PHONE).add({ ms: 1_300 });
    expect(harness.final.map((w) => w.startMs)).toEqual([500, 1_000]);
    expect(harness.windower.status()[0]).toMatchObject({ windowed: 1, late: 1, open: 0 });
  });

  it('counts a late sample in those windows of its own that are still open', () => {
    const harness = new WindowerHarness({ ...SHORT, sensorLagMs: 0 })
      .add({ ms: 800 }, { ms: 2_900 }, { ms: 850 })
      .tick(PHONE);
    expect(harness.windower.status()[0]).toMatchObject({ late: 1 });
    expect(harness.final.map((w) => [w.startMs, w.late])).toEqual([
      [0, 1],
      [500, 1],
      [2_000, 0],
      [2_500, 0],
    ]);
  });
});

describe('a leap in event time', () => {
  const guarded = { ...SHORT, aheadMs: 10_000 };

  it('by one bad timestamp is held, then given up, and closes no window', () => {
    const harness = new WindowerHarness(guarded)
      .add({ ms: 1_000, arrivalMs: 0 }, { ms: 9_000_000, arrivalMs: 10 }, { ms: 1_010, arrivalMs: 20 })
      .tick(PHONE);
    expect(harness.windower.status()[0]).toMatchObject({ accepted: 3, windowed: 2, quarantined: 1, late: 0 });
    expect(harness.final.map((w) => w.startMs)).toEqual([500, 1_000]);
  });

  it('that eight samples confirm is believed and loses none of them', () => {
    const harness = new WindowerHarness(guarded)
      .add({ ms: 1_000, arrivalMs: 0 }, ...every(10, 9_000_000, 9_000_080, { arrivalMs: 5 }))
      .tick(PHONE);
    expect(harness.windower.status()[0]).toMatchObject({ accepted: 9, windowed: 9, quarantined: 0, open: 0 });
  });

  it('that the arrival times explain is believed at once', () => {
    const harness = new WindowerHarness(guarded).add({ ms: 1_000 }, { ms: 9_000_000 });
    expect(harness.windower.status()[0]).toMatchObject({ accepted: 2, quarantined: 0 });
    expect(harness.final.map((w) => w.startMs)).toEqual([500, 1_000]);
  });
});

const row = fc.record({
  ms: fc.integer({ min: 0, max: 12_000 }),
  subNs: fc.integer({ min: 0, max: 1 }),
  sensor: fc.constantFrom('accelerometer' as const, 'gyroscope' as const),
  device: fc.constantFrom('phone', 'watch'),
  x: fc.integer({ min: -9, max: 9 }),
  gt: fc.constantFrom('walk', 'sit', null),
});
const stream = fc.array(row, { maxLength: 80 });

describe('whatever the stream', () => {
  it('accepted = windowed + duplicates + late + quarantined + open, exactly', () => {
    fc.assert(
      fc.property(stream, (rows) => {
        const harness = new WindowerHarness({ ...SHORT, aheadMs: 4_000 }).add(...rows);
        for (const d of harness.windower.status()) {
          expect(d.accepted).toBe(rows.filter((r) => r.device === d.device).length);
          expect(d.windowed + d.duplicates + d.late + d.quarantined + d.open).toBe(d.accepted);
          expect(d.windowed).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('the windows do not depend on how the rows were cut into batches, nor on restarts in between', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(10)), (rows, cuts) => {
        const whole = new WindowerHarness(SHORT).add(...rows).tick(PHONE);
        const pieces = new WindowerHarness(SHORT);
        let from = 0;
        for (const cut of [...cuts, rows.length]) {
          if (cut % 2 === 1) pieces.restart();
          pieces.add(...rows.slice(from, from + cut));
          from += cut;
        }
        pieces.add(...rows.slice(from)).tick(PHONE);
        const content = ({ windows }: WindowerHarness) => windows.map((w) => ({ ...w, receivedMs: 0 }));
        expect(content(pieces)).toEqual(content(whole));
      }),
    );
  });

  it('the final windows are those of a batch computation over the samples that were neither late nor double', () => {
    fc.assert(
      fc.property(stream, (rows) => {
        const options = { ...SHORT, watermark: 'input' as const };
        const harness = new WindowerHarness(options).add(...rows);
        harness.tick(...harness.windower.status());
        expect(
          harness.final.map((w) => [w.device, w.startMs, w.accelerometer, w.gyroscope, w.features[1]]).sort(),
        ).toEqual(batchWindows(rows, SHORT.latenessMs).sort());
      }),
    );
  });
});

/** The same by definition: late against the running maximum, first of a key kept, grouped by window. */
function batchWindows(rows: readonly TestRow[], latenessMs: number): unknown[] {
  const seen = new Set<string>();
  const groups = new Map<string, { device: string; startMs: number; acc: number[]; gyro: number }>();
  let newest = -1;
  for (const { ms, subNs = 0, device = '', sensor, x = 0 } of [...rows]) {
    const time = ms * 1e6 + subNs;
    newest = Math.max(newest, time);
    if (time < newest - latenessMs * 1e6) continue;
    const key = [device, sensor, time].join();
    if (seen.has(key)) continue;
    seen.add(key);
    for (const startMs of [Math.floor(ms / 500) * 500 - 500, Math.floor(ms / 500) * 500]) {
      if (startMs < 0) continue;
      const group = groups.get(`${device}/${startMs}`) ?? { device, startMs, acc: [], gyro: 0 };
      if (sensor === 'accelerometer') group.acc.push(x);
      else group.gyro++;
      groups.set(`${device}/${startMs}`, group);
    }
  }
  return [...groups.values()].map(({ device, startMs, acc, gyro }) => [
    device,
    startMs,
    acc.length,
    gyro,
    acc.length === 0 ? 0 : acc.reduce((sum, x) => sum + x, 0) / acc.length,
  ]);
}

describe('a batch’s dictionary', () => {
  const stream = (device: string, model: string) => ({
    user: 'u',
    device,
    model,
    sensor: 'accelerometer' as const,
  });
  const record = (streams: StreamId[], rows: readonly (readonly [stream: number, ms: number])[]) =>
    encodeSamplesRecord({
      receivedMs: 0,
      batch: {
        rows: rows.length,
        streams,
        labels: [],
        stream: Uint16Array.from(rows, ([s]) => s),
        creationMs: Float64Array.from(rows, ([, ms]) => ms),
        creationSubNs: new Int32Array(rows.length),
        arrivalMs: Float64Array.from(rows, ([, ms]) => ms),
        x: new Float64Array(rows.length),
        y: new Float64Array(rows.length),
        z: new Float64Array(rows.length),
        label: new Uint8Array(rows.length),
      },
    });

  it('decides neither the order of the devices nor which of them there are: the rows do', () => {
    const harness = new WindowerHarness(SHORT);
    const streams = [stream('never', 'm'), stream('second', 'm'), stream('first', 'm')];
    harness.process(
      record(streams, [
        [2, 100],
        [1, 100],
      ]),
    );
    expect(harness.windower.status().map((d) => d.device)).toEqual(['first', 'second']);
  });

  it('names a device’s model for its own rows alone', () => {
    const harness = new WindowerHarness(SHORT);
    harness.process(
      record(
        [stream('d', 'old'), stream('d', 'new')],
        [
          [0, 100],
          [0, 1_200],
          [1, 2_300],
        ],
      ),
    );
    expect(harness.windows.map((w) => [w.startMs, w.model])).toEqual([
      [0, 'old'],
      [500, 'new'],
      [1_000, 'new'],
    ]);
  });
});

describe('a stored state', () => {
  it('is refused when it was cut with other windows, saying which', () => {
    const state = new WindowerHarness(SHORT).windower.snapshot();
    const other = new Windower(
      { ...SHORT, sizeMs: 2000 },
      { schema: '', extract: () => new Float64Array(0) },
    );
    expect(() => other.restore(state)).toThrow(StateFormatError);
    expect(() => other.restore(state)).toThrow('cut with sizeMs 1000, the settings say 2000');
  });
});
