import { SampleBatchBuilder, type SampleBatch } from '@hark/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StateWriter } from '../encoding/state-writer.js';
import { DeviceWindows, type OpenWindow } from './device-windows.js';
import { DEFAULT_WINDOW_OPTIONS } from './window-options.js';

const OPTIONS = { ...DEFAULT_WINDOW_OPTIONS, latenessMs: 4000, sensorLagMs: 6000, aheadMs: 1000 };

/** Rows of one sensor and label, each so far behind the one before. */
interface Burst {
  readonly sensor: number;
  readonly label: number;
  /** Of the first row, from where this sensor's last burst ended. */
  readonly jumpMs: number;
  readonly stepsMs: readonly number[];
}

const ordinaryMs = fc.constantFrom(4, 5, 20, 500);
const burst: fc.Arbitrary<Burst> = fc.record({
  sensor: fc.integer({ min: 0, max: 1 }),
  label: fc.integer({ min: 0, max: 2 }),
  jumpMs: fc.oneof(
    { weight: 6, arbitrary: ordinaryMs },
    { weight: 1, arbitrary: fc.constantFrom(-20_000, -3000, -20, 0, 1500, 7000, 30_000) },
  ),
  stepsMs: fc.array(
    fc.oneof(
      { weight: 20, arbitrary: ordinaryMs },
      { weight: 1, arbitrary: fc.constantFrom(-40, 0, 20_000) },
    ),
    { maxLength: 60 },
  ),
});

function batchOf(bursts: readonly Burst[]): {
  readonly batch: SampleBatch;
  readonly cuts: readonly number[];
} {
  const builder = new SampleBatchBuilder(16);
  const nowMs = [50_000, 50_000];
  const cuts = [0];
  bursts.forEach(({ sensor, stepsMs, jumpMs }, n) => {
    for (const step of [jumpMs, ...stepsMs]) {
      nowMs[sensor] = Math.max(0, nowMs[sensor] + step);
      const i = builder.rows;
      builder.push(0, nowMs[sensor], i % 3, 100_000 + 7 * i + 100 * n, i, -i, 0.5 * i, 0);
    }
    cuts.push(builder.rows);
  });
  return { batch: builder.take(), cuts };
}

/** What is emitted, and the state afterwards. */
function outcome(
  feed: (device: DeviceWindows, emit: (device: DeviceWindows, window: OpenWindow) => null) => void,
) {
  const device = new DeviceWindows({ user: 'u', device: 'd' }, OPTIONS);
  for (const activity of ['walk', 'sit']) device.labelIndex(activity);
  const emitted: unknown[] = [];
  feed(device, ({ buffers, counts }, { ranges, ...window }) => {
    const [fromAcc, toAcc, fromGyro, toGyro] = ranges;
    const held = [buffers[0].x.slice(fromAcc, toAcc), buffers[1].x.slice(fromGyro, toGyro)];
    emitted.push({ ...window, held, counts });
    return null;
  });
  const state = new StateWriter('device', 1);
  device.write(state);
  return { emitted, counts: device.counts, state: state.finish() };
}

it('makes room for any number of rows at once, as when one sensor comes before the other', () => {
  const gyroscope = { sensor: 1, label: 1, jumpMs: 0, stepsMs: [] };
  const accelerometer = { sensor: 0, label: 1, jumpMs: 5, stepsMs: new Array<number>(1100).fill(5) };
  for (const bursts of [
    [gyroscope, accelerometer],
    [gyroscope, { ...accelerometer, stepsMs: [5, 5] }, accelerometer],
  ]) {
    const { batch, cuts } = batchOf(bursts);
    const { counts } = outcome((device, emit) => {
      bursts.forEach(({ sensor }, n) => device.addRows(sensor, batch, cuts[n], cuts[n + 1], 1, emit));
    });
    expect(counts).toMatchObject({ accepted: batch.rows, open: batch.rows });
  }
});

it('takes rows together as it takes each of them, whatever comes late, twice or ahead', () => {
  let windows = 0;
  fc.assert(
    fc.property(fc.array(burst, { maxLength: 60 }), (bursts) => {
      const { batch, cuts } = batchOf(bursts);
      const together = outcome((device, emit) => {
        bursts.forEach(({ sensor, label }, n) =>
          device.addRows(sensor, batch, cuts[n], cuts[n + 1], label, emit),
        );
      });
      const each = outcome((device, emit) => {
        const { creationMs, creationSubNs, arrivalMs, x, y, z } = batch;
        bursts.forEach(({ sensor, label }, n) => {
          for (let i = cuts[n]; i < cuts[n + 1]; i++)
            device.add(sensor, creationMs[i], creationSubNs[i], arrivalMs[i], x[i], y[i], z[i], label, emit);
        });
      });
      windows += each.emitted.length;
      expect(together).toEqual(each);
    }),
    { numRuns: 300 },
  );
  expect(windows).toBeGreaterThan(500);
});
