import { describe, expect, it } from 'vitest';
import { normalBelow } from './normal-distribution.js';

describe('normalBelow', () => {
  // From tables of the normal distribution.
  it.each([
    [0, 0.5],
    [1, 0.8413447461],
    [-1, 0.1586552539],
    [1.959963985, 0.975],
    [-3, 0.001349898],
    [40, 1],
    [-40, 0],
  ])('of %f is %f', (z, expected) => {
    expect(Math.abs(normalBelow(z) - expected)).toBeLessThan(7.5e-8);
  });
});
