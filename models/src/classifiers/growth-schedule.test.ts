import { describe, expect, it } from 'vitest';
import { GrowthSchedule } from './growth-schedule.js';

/** Windows of one class at which it is solved. */
function solutions(windows: number): number[] {
  const schedule = new GrowthSchedule();
  const times: number[] = [];
  for (let n = 1; n <= windows; n++) {
    if (!schedule.isDue(3, n)) continue;
    schedule.solved(3, n);
    times.push(n);
  }
  return times;
}

describe('GrowthSchedule', () => {
  it('is due when a class has grown by more than an eighth', () => {
    expect(solutions(24)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 19, 22]);
    expect(solutions(10_000).length).toBe(64);
  });

  it('counts each class for itself', () => {
    const schedule = new GrowthSchedule();
    schedule.solved(0, 1000);
    expect(schedule.isDue(0, 1001)).toBe(false);
    expect(schedule.isDue(1, 1)).toBe(true);
  });
});
