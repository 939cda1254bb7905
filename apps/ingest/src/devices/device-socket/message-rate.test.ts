import { expect, it } from 'vitest';
import { MessageRate } from './message-rate.js';

it('makes whoever sends faster wait until the second is over', () => {
  const rate = new MessageRate(3);
  expect([5000, 5001, 5200, 5999].map((ms) => rate.taken(ms))).toEqual([0, 0, 800, 1]);
  expect([6000, 6000, 6000].map((ms) => rate.taken(ms))).toEqual([0, 0, 1000]);
});

it('begins anew when the clock jumps', () => {
  const rate = new MessageRate(2);
  expect([5000, 5000].map((ms) => rate.taken(ms))).toEqual([0, 1000]);
  expect([1000, 1500].map((ms) => rate.taken(ms))).toEqual([0, 500]);
  expect(rate.taken(9_000_000)).toBe(0);
});
