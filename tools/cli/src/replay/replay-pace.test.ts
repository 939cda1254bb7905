import { describe, expect, it } from 'vitest';
import { ReplayPace, type PaceClock } from './replay-pace.js';

/** A wall clock on which only sleep takes time. */
class SleepClock implements PaceClock {
  wall = 1000;
  readonly slept: number[] = [];

  now(): number {
    return this.wall;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.wall += ms;
    return Promise.resolve();
  }
}

describe('the pace of a replay', () => {
  it('lets time pass at the speed asked for, from the first piece on', async () => {
    const clock = new SleepClock();
    const pace = new ReplayPace(clock, 4, () => false);
    for (const ms of [600, 1000, 3000]) await pace.due(ms);
    expect(clock.slept).toEqual([100, 500]);
    expect(pace.effectiveSpeed(3000)).toBe(4);
  });

  it('catches up what took longer than it should, without a pause', async () => {
    const clock = new SleepClock();
    const pace = new ReplayPace(clock, 1, () => false);
    await pace.due(0);
    clock.wall += 1500;
    await pace.due(1000);
    expect(pace.effectiveSpeed(1000)).toBeCloseTo(2 / 3);
    await pace.due(2000);
    expect(clock.slept).toEqual([500]);
    expect(pace.effectiveSpeed(2000)).toBe(1);
  });

  it('never waits at max', async () => {
    const clock = new SleepClock();
    const pace = new ReplayPace(clock, 'max', () => false);
    for (const ms of [0, 1000, 100_000]) await pace.due(ms);
    expect(clock.slept).toEqual([]);
    expect(pace.effectiveSpeed(100_000)).toBe(null);
  });

  it('waits a minute at a time at most, and no longer when the replay is to stop', async () => {
    const clock = new SleepClock();
    const pace = new ReplayPace(clock, 0.001, () => clock.slept.length === 2);
    await pace.due(0);
    await pace.due(1000);
    expect(clock.slept).toEqual([60_000, 60_000]);
  });
});
