import { describe, expect, it } from 'vitest';
import { scale, ticks } from './scale.js';

describe('scale', () => {
  it('places values in proportion, to a tenth', () => {
    const place = scale([0, 3], [10, 110]);
    expect([0, 1, 3].map(place)).toEqual([10, 43.3, 110]);
  });

  it('turns where its end lies before its start', () => {
    expect(scale([0.5, 1], [254, 30])(0.75)).toBe(142);
  });

  it('places all at the start where there is no width', () => {
    expect(scale([7, 7], [10, 110])(7)).toBe(10);
  });
});

describe('ticks', () => {
  it.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.8, 1, 5, [0.8, 0.85, 0.9, 0.95, 1]],
    [0.9, 1, 5, [0.9, 0.92, 0.94, 0.96, 0.98, 1]],
    [0, 9183, 8, [0, 2000, 4000, 6000, 8000]],
    [-0.5, 1, 5, [-0.5, 0, 0.5, 1]],
    [0, 0, 5, [0]],
  ])('are round numbers from %d to %d, about %d', (from, to, count, expected) => {
    expect(ticks(from, to, count)).toEqual(expected);
  });
});
