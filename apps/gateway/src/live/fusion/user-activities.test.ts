import type { Fused, Prediction } from '@hark/contracts';
import { ClockOffset, UserFusion, opinionOf } from '@hark/models';
import { expect, it } from 'vitest';
import { madeUpPredictions } from '../../testing/made-up-predictions.js';
import { storedPrediction } from '../../testing/stored-predictions.js';
import { timed } from '../derived/derivation.js';
import { UserActivities } from './user-activities.js';

const parsed = (value: Uint8Array) => JSON.parse(new TextDecoder().decode(value)) as Prediction;

function take(activities: UserActivities, fields: Parameters<typeof storedPrediction>[0]): Fused | null {
  const message = activities.take(0, timed(parsed(storedPrediction(fields).value)));
  return message === null ? null : (JSON.parse(message().payload) as Fused);
}

it('lets a phone and a watch agree on one activity, though their clocks are half an hour apart', () => {
  const activities = new UserActivities('append');
  const phone = take(activities, {
    device: 'phone',
    startMs: 1_000_000,
    receivedMs: 3_002_660,
    probabilities: { walk: 0.25, sit: 0.75 },
  });
  expect(phone).toMatchObject({ activity: 'sit', confidence: 0.75, at: '1970-01-01T00:50:02.660Z' });
  const both = take(activities, {
    device: 'watch',
    startMs: 0,
    receivedMs: 3_002_560,
    probabilities: { walk: 0.9, sit: 0.1 },
  });
  expect(both).toMatchObject({
    kind: 'fused',
    user: 'a',
    activity: 'walk',
    confidence: expect.closeTo(0.75, 12) as number,
    state: 'ok',
    at: '1970-01-01T00:50:02.560Z',
    devices: [
      { device: 'phone', window: { start: '1970-01-01T00:16:40.000Z' }, clockOffsetMs: 2_000_100 },
      { device: 'watch', window: { start: '1970-01-01T00:00:00.000Z' }, clockOffsetMs: 3_000_000 },
    ],
  });
});

it('listens more to the device that the labels have borne out', () => {
  const activities = new UserActivities('append');
  const said = Array.from({ length: 20 }, (_, i) => {
    const window = { startMs: i * 1280, receivedMs: i * 1280 + 2560, label: 'walk' };
    take(activities, { ...window, device: 'watch', probabilities: { walk: 0.1, sit: 0.9 } });
    return take(activities, { ...window, device: 'phone', probabilities: { walk: 0.8, sit: 0.2 } })?.activity;
  });
  expect([said[0], said[19]]).toEqual(['sit', 'walk']);
});

it('leaves out a device whose window is half a window off or more, and passes over one that is behind', () => {
  const activities = new UserActivities('append');
  const names = (fields: Parameters<typeof storedPrediction>[0]) =>
    take(activities, fields)?.devices.map(({ device }) => device);
  expect(names({ device: 'watch', startMs: 0, receivedMs: 2560 })).toEqual(['watch']);
  expect(names({ device: 'phone', startMs: 1280, receivedMs: 3840 })).toEqual(['phone']);
  expect(names({ device: 'ring', startMs: 1279, receivedMs: 3839 })).toEqual(['phone', 'ring', 'watch']);
  expect(names({ device: 'phone', startMs: 0, receivedMs: 2560 })).toBeUndefined();
});

it('keeps users apart', () => {
  const activities = new UserActivities('append');
  take(activities, { user: 'a', device: 'phone' });
  expect(take(activities, { user: 'b', device: 'watch' })?.devices).toHaveLength(1);
});

it('says what the component that evaluations score says of the same predictions', () => {
  const activities = new UserActivities('append');
  const fusion = new UserFusion();
  const clocks = new Map<string, ClockOffset>();
  const newest = new Map<string, string>();
  let together = 0;
  madeUpPredictions(2000).forEach(({ key, value }, i) => {
    const labels = ['walk', 'sit', 'stand', null];
    const prediction = { ...parsed(value), label: labels[i % 4] };
    const message = activities.take(i, timed(prediction));
    const { user, window, receivedMs, label } = prediction;
    if (!prediction.final || window.end <= (newest.get(key) ?? '')) return expect(message).toBeNull();
    newest.set(key, window.end);
    const clock = clocks.get(key) ?? new ClockOffset();
    clocks.set(key, clock);
    const [startMs, endMs] = [Date.parse(window.start), Date.parse(window.end)];
    clock.add(receivedMs, endMs);
    const opinion = opinionOf(prediction, startMs, endMs, clock.ms);
    const { opinions, probabilities } = fusion.fuse(user, opinion, label);
    if (opinions.length > 1) together++;
    expect(JSON.parse(message?.().payload ?? '')).toMatchObject({ probabilities });
  });
  expect(together).toBeGreaterThan(50);
});
