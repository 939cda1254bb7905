import { decodeWindowRecord, encodeWindowRecord, type WindowRecord } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { LabelSchedule, type LabelOptions } from './label-schedule.js';

function window(device: string, startMs: number, label: string | null): WindowRecord {
  return {
    ...{ user: 'a', device, model: 'm', startMs, sizeMs: 2000, revision: 0, final: true, label },
    ...{ accelerometer: 1, gyroscope: 1, late: 0, duplicates: 0 },
    ...{ features: new Float64Array(0), featureSchema: 's', receivedMs: 0 },
  };
}

/** `device start label`, with `+` where the learner gets it only for its label. */
function scheduled(options: LabelOptions, windows: readonly WindowRecord[]): string[] {
  const schedule = new LabelSchedule(options);
  return windows.flatMap((each) =>
    [...schedule.next({ window: each, bytes: encodeWindowRecord(each) })].map(({ bytes, first }) => {
      const { device, startMs, label } = decodeWindowRecord(bytes);
      return `${first ? '' : '+'}${device} ${startMs} ${label ?? '-'}`;
    }),
  );
}

describe('LabelSchedule', () => {
  const walk = [0, 1000, 2000, 3000, 4000].map((start) => window('p', start, 'walk'));

  it('gives every label at once by default', () => {
    expect(scheduled({ every: 1, delayMs: 0 }, walk)).toEqual(walk.map(({ startMs }) => `p ${startMs} walk`));
  });

  it('keeps every n-th label of each device', () => {
    const windows = [walk[0], window('q', 0, 'sit'), walk[1], window('p', 1500, null), walk[2], walk[3]];
    expect(scheduled({ every: 2, delayMs: 0 }, windows)).toEqual([
      'p 0 -',
      'q 0 -',
      'p 1000 walk',
      'p 1500 -',
      'p 2000 -',
      'p 3000 walk',
    ]);
  });

  it("gives a label once the device's own event time has passed the delay, in front of the window that passes it", () => {
    expect(
      scheduled({ every: 1, delayMs: 2500 }, [walk[0], window('q', 9000, null), walk[1], walk[3]]),
    ).toEqual(['p 0 -', 'q 9000 -', 'p 1000 -', '+p 0 walk', 'p 3000 -']);
  });
});
