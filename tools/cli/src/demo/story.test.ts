import { Simulation } from '@hark/simulator';
import { describe, expect, it } from 'vitest';
import { asSent, SCENES, simulationOf, STORY } from './story.js';

/** The first two seconds of the story. */
function beginning(nowMs: number): { afterMs: number; x: number; label: number; sinceStartMs: number }[] {
  const options = simulationOf(nowMs);
  return [...new Simulation({ ...options, durationSeconds: 2 })].map(({ afterMs, batch }) => {
    const [x, label] = [batch.x[0], batch.label[0]];
    return { afterMs, x, label, sinceStartMs: batch.creationMs[0] - (options.startMs ?? 0) };
  });
}

describe('the story of the demo', () => {
  it('is the same whenever it is told, down to where its windows are cut', () => {
    expect(beginning(1_700_000_000_123)).toEqual(beginning(1_800_000_001_999));
    expect((simulationOf(1_700_000_000_123).startMs ?? 1) % 2560).toBe(0);
  });

  it('leaves something to teach: one user’s devices do not say what is true, the others do', () => {
    const labels = new Map<string, number>();
    for (const { batch } of new Simulation({ ...simulationOf(0), durationSeconds: 2 })) {
      const [{ user }] = batch.streams;
      const sent = asSent(batch);
      const labelled = sent.label.subarray(0, sent.rows).filter((each) => each > 0).length;
      labels.set(user, (labels.get(user) ?? 0) + labelled);
    }
    expect(labels.size).toBe(STORY.users);
    expect([...labels].filter(([, rows]) => rows === 0).map(([user]) => user)).toEqual([
      STORY.unlabelledUser,
    ]);
  });

  it('is told within three minutes, in order', () => {
    const times = SCENES.map(([at]) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(180);
  });
});
