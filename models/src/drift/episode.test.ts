import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import type { DriftEvidence } from './drift-detector.js';
import { Episode } from './episode.js';

const alarm = (before: number, after: number): DriftEvidence => ({
  statistic: after - before,
  threshold: 0.1,
  before,
  after,
  since: 60,
});

/** Steps without an alarm; returns the stages told, with the step at which they were. */
function quiet(episode: Episode, steps: number, recentError: number): [number, string][] {
  const told: [number, string][] = [];
  for (let i = 1; i <= steps; i++) {
    for (const stage of episode.step('none', null, recentError)) told.push([i, stage]);
  }
  return told;
}

describe('a drift episode', () => {
  it('goes from warning to drift to recovered, each told once', () => {
    const episode = new Episode();
    expect(quiet(episode, 500, 0.05)).toEqual([]);
    expect(episode.step('warning', alarm(0.05, 0.2), 0.2)).toEqual(['warning']);
    expect(episode.step('warning', alarm(0.05, 0.3), 0.3)).toEqual([]);
    expect(episode.step('drift', alarm(0.1, 0.45), 0.4)).toEqual(['drift']);
    expect(episode.step('drift', alarm(0.1, 0.45), 0.4)).toEqual([]);
    expect(quiet(episode, 150, 0.4)).toEqual([]);
    expect(quiet(episode, 150, 0.06)).toEqual([[1, 'recovered']]);
    expect(episode.stage).toBe('none');
    expect(episode.number).toBe(1);
  });

  it('compares with the error before the warning', () => {
    const episode = new Episode();
    episode.step('warning', alarm(0.05, 0.2), 0.2);
    episode.step('drift', alarm(0.2, 0.45), 0.4);
    expect([episode.before, episode.after]).toEqual([0.05, 0.45]);
  });

  it('tells the warning with a drift that comes at once, and a warning may pass', () => {
    const episode = new Episode();
    expect(episode.step('drift', alarm(0.05, 0.5), 0.5)).toEqual(['warning', 'drift']);
    expect(quiet(episode, 200, 0.05)).toEqual([[100, 'recovered']]);
    expect(episode.step('warning', alarm(0.05, 0.2), 0.2)).toEqual(['warning']);
    expect(quiet(episode, 200, 0.05)).toEqual([[100, 'recovered']]);
    expect(episode.number).toBe(2);
  });

  it('has not recovered before the recent error holds no window from before the alarm', () => {
    const episode = new Episode();
    episode.step('drift', alarm(0.05, 0.5), 0.05);
    expect(quiet(episode, 99, 0.05)).toEqual([]);
    expect(quiet(episode, 1, 0.05)).toEqual([[1, 'recovered']]);
  });

  it('has recovered when no more than a quarter of the rise is left', () => {
    const episode = new Episode();
    episode.step('drift', alarm(0.1, 0.5), 0.5);
    expect(quiet(episode, 300, 0.21)).toEqual([]);
    expect(quiet(episode, 1, 0.19)).toEqual([[1, 'recovered']]);
  });

  it('gives way to another one when it has lasted for more than 1,000 windows', () => {
    const episode = new Episode();
    episode.step('drift', alarm(0.1, 0.5), 0.5);
    quiet(episode, 900, 0.5);
    expect(episode.step('drift', alarm(0.5, 0.8), 0.8)).toEqual([]);
    quiet(episode, 100, 0.5);
    expect(episode.step('drift', alarm(0.5, 0.8), 0.8)).toEqual(['warning', 'drift']);
    expect(episode.number).toBe(2);
  });

  it('is the same after a restore', () => {
    const episode = new Episode();
    episode.step('warning', alarm(0.1, 0.5), 0.5);
    quiet(episode, 60, 0.5);
    const state = new StateWriter('t', 1);
    episode.write(state);
    const restored = new Episode();
    restored.read(new StateReader(state.finish(), 't', 1));
    expect(quiet(restored, 100, 0.1)).toEqual(quiet(episode, 100, 0.1));
    expect(restored).toEqual(episode);
  });
});
