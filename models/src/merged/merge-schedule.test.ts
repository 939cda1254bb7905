import { describe, expect, it } from 'vitest';
import { windowsOfPart, windowsOfVersion } from './merge-schedule.js';

describe('when learners share what they learned', () => {
  it('is at every window first, then after an eighth more, and at last after so many', () => {
    const learned = [0, 1, 15, 16, 80, 7999, 8000, 1_000_000];
    expect(learned.map((windows) => windowsOfVersion(windows, 1000))).toEqual([
      ...[1, 1, 1, 2, 10, 999, 1000, 1000],
    ]);
    expect(windowsOfVersion(1_000_000, 5)).toBe(5);
  });

  it('has a learner hand in half of what a version takes', () => {
    expect([0, 16, 80, 8000].map((windows) => windowsOfPart(windows, 1000, 0))).toEqual([1, 1, 5, 500]);
  });

  it('makes parts larger while no version is made of them', () => {
    const waiting = [0, 1, 3, 4, 5, 6, 30, 1000];
    expect(waiting.map((parts) => windowsOfPart(0, 1000, parts))).toEqual([
      ...[1, 1, 1, 2, 4, 8, 1 << 20, 1 << 20],
    ]);
  });
});
