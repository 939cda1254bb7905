import { describe, expect, it } from 'vitest';
import { partitionOf } from './partition-of.js';

describe('the partition of a user', () => {
  it('is the same for ever: a log stands by it', () => {
    expect(['a', 'b', 'user-1', 'Zoë', ''].map((user) => partitionOf(user, 12))).toEqual([4, 7, 4, 7, 1]);
  });

  it('is 0 where there is one', () => {
    expect(partitionOf('anybody', 1)).toBe(0);
  });

  it('spreads users about evenly', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[partitionOf(`user-${i}`, 4)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
