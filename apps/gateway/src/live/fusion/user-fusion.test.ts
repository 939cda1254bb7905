import type { Fused, Prediction } from '@hark/contracts';
import { expect, it } from 'vitest';
import { storedPrediction } from '../../testing/stored-predictions.js';
import { UserFusion } from './user-fusion.js';

const prediction = (fields: Parameters<typeof storedPrediction>[0]) =>
  JSON.parse(new TextDecoder().decode(storedPrediction(fields).value)) as Prediction;

function take(fusion: UserFusion, fields: Parameters<typeof storedPrediction>[0]): Fused | null {
  const message = fusion.take(0, prediction(fields));
  return message === null ? null : (JSON.parse(message().payload) as Fused);
}

it('lets a phone and a watch agree on one activity, though their clocks are half an hour apart', () => {
  const fusion = new UserFusion('append');
  const phone = (i: number, walk: number) =>
    take(fusion, {
      device: 'phone',
      startMs: 1_000_000 + i * 1280,
      receivedMs: 3_002_660 + i * 1280,
      probabilities: { walk, sit: 1 - walk },
    });
  const watch = (i: number, walk: number) =>
    take(fusion, {
      device: 'watch',
      startMs: i * 1280,
      receivedMs: 3_004_560 + i * 1280,
      probabilities: { walk, sit: 1 - walk },
    });
  expect(phone(0, 0.25)).toMatchObject({ activity: 'sit', confidence: 0.75, at: '1970-01-01T00:50:02.660Z' });
  const both = watch(0, 0.9);
  expect(both).toMatchObject({
    kind: 'fused',
    user: 'a',
    activity: 'walk',
    confidence: 0.75,
    state: 'ok',
    at: '1970-01-01T00:50:04.560Z',
    devices: [
      { device: 'phone', clockOffsetMs: 2_000_100 },
      { device: 'watch', clockOffsetMs: 3_002_000 },
    ],
  });
});

it('leaves out a device that has not been heard of for more than 6 s, and a window that comes so late', () => {
  const fusion = new UserFusion('append');
  take(fusion, { device: 'watch', startMs: 0, receivedMs: 2560 });
  const alone = take(fusion, { device: 'phone', startMs: 6001, receivedMs: 8561 });
  expect(alone?.devices.map(({ device }) => device)).toEqual(['phone']);
  expect(take(fusion, { device: 'watch', startMs: 0, receivedMs: 2560 })).toBeNull();
  expect(take(fusion, { device: 'third', startMs: 0, receivedMs: 2560 })).toBeNull();
  const together = take(fusion, { device: 'watch', startMs: 1, receivedMs: 2561 });
  expect(together?.devices.map(({ device }) => device)).toEqual(['phone', 'watch']);
});

it('keeps users apart', () => {
  const fusion = new UserFusion('append');
  take(fusion, { user: 'a', device: 'phone' });
  expect(take(fusion, { user: 'b', device: 'watch' })?.devices).toHaveLength(1);
});
