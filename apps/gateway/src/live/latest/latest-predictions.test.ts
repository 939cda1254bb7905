import { TOPICS } from '@hark/contracts';
import { MemoryLog, StateReader, StateWriter } from '@hark/streaming';
import { expect, it } from 'vitest';
import { storedPrediction } from '../../testing/stored-predictions.js';
import { LatestPredictions } from './latest-predictions.js';

/** Predictions of these devices, committed at these times; `final` unless the name ends in `?`. */
async function latestOf(...said: [device: string, atMs: number][]) {
  let now = 0;
  const log = new MemoryLog({ now: () => now, epoch: 'e1' });
  const writer = await log.writer('learner');
  const latest = new LatestPredictions(log, 1000);
  for (const [name, atMs] of said) {
    now = atMs;
    const final = !name.endsWith('?');
    const records = [storedPrediction({ device: name.replace('?', ''), final })];
    await writer.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records }] });
    const offset = (await log.end(TOPICS.predictions, 0)) - 1;
    latest.take((await log.read(TOPICS.predictions, 0, offset, 1))[0], final);
  }
  return { log, latest };
}

const offsets = (entries: readonly { offset: number }[]) => entries.map(({ offset }) => offset);
const states = (entries: readonly { payload: string }[]) =>
  entries.map(({ payload }) => (JSON.parse(payload) as { state: string }).state);

it('knows the newest final prediction and the newest revision of each device', async () => {
  const { latest } = await latestOf(['d1', 0], ['d2?', 0], ['d1', 0], ['d3', 0], ['d1?', 0]);
  expect(offsets(latest.entries('append', 0))).toEqual([2, 3]);
  expect(offsets(latest.entries('update', 0))).toEqual([1, 3, 4]);
});

it('tells each silent device once, until it is heard of again', async () => {
  const { latest, log } = await latestOf(['d1', 0], ['d2', 500]);
  expect(latest.nextStaleAt()).toBe(1000);
  expect(latest.fallenSilent(999)).toEqual([]);
  const fallen = latest.fallenSilent(1000);
  expect([offsets(fallen), states(fallen)]).toEqual([[0], ['stale']]);
  expect(latest.fallenSilent(1001)).toEqual([]);
  expect(latest.nextStaleAt()).toBe(1500);
  latest.take((await log.read(TOPICS.predictions, 0, 0, 1))[0], true);
  expect(latest.nextStaleAt()).toBe(1500);
  expect(offsets(latest.fallenSilent(5000))).toEqual([1, 0]);
  expect(latest.nextStaleAt()).toBeNull();
});

it('says in a snapshot which devices are silent', async () => {
  const { latest } = await latestOf(['d1', 0], ['d2', 500]);
  expect(states(latest.entries('append', 1200))).toEqual(['stale', 'ok']);
});

it('is the same after it was stored and restored', async () => {
  const { latest, log } = await latestOf(['d1', 0], ['d2?', 500], ['d1', 700]);
  const state = new StateWriter('test', 1);
  latest.write(state);
  const restored = new LatestPredictions(log, 1000);
  restored.read(new StateReader(state.finish(), 'test', 1));
  for (const mode of ['append', 'update'] as const)
    expect(restored.entries(mode, 1600)).toEqual(latest.entries(mode, 1600));
  expect(offsets(restored.fallenSilent(1500))).toEqual([1]);
});
