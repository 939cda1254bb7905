import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit.js';

const of = (device: string) => ({
  offset: 0,
  users: ['a'],
  devices: [device],
  final: true,
  payload: '{}',
});

it('lets the first prediction of each device through, and the next once its share of a second has passed', () => {
  let now = 0;
  const limit = new RateLimit(4, () => now);
  const admitted = [0, 100, 249, 250, 499, 500].filter((ms) => {
    now = ms;
    return limit.admits(of('d1'));
  });
  expect(admitted).toEqual([0, 250, 500]);
  expect(limit.admits(of('d2'))).toBe(true);
});

it('is not stopped by a clock that is set back', () => {
  let now = 10_000;
  const limit = new RateLimit(1, () => now);
  expect(limit.admits(of('d1'))).toBe(true);
  now = 5000;
  expect(limit.admits(of('d1'))).toBe(true);
});

it('never holds back what concerns everybody', () => {
  const limit = new RateLimit(1, () => 0);
  const everybody = { ...of('d1'), users: null, devices: null };
  expect([limit.admits(everybody), limit.admits(everybody)]).toEqual([true, true]);
});
