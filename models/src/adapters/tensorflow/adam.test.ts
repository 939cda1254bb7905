import { describe, expect, it } from 'vitest';
import { Adam } from './adam.js';

describe('Adam', () => {
  it('moves each weight by the rate at first, however large its gradient', () => {
    const weights = Float32Array.of(1, 1, 1, 1);
    new Adam(4, 0.125).step(weights, Float32Array.of(1000, -1, 1e-3, 0));
    expect([...weights]).toEqual([0.875, 1.125, expect.closeTo(0.875, 5), 1]);
  });

  it('takes the steps of the paper', () => {
    const gradients = [0.5, -0.25, 1, 0.125];
    const adam = new Adam(1, 0.01);
    const weights = Float32Array.of(0);
    let [m, v, expected] = [0, 0, 0];
    let [power1, power2] = [1, 1];
    for (const g of gradients) {
      adam.step(weights, Float32Array.of(g));
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      power1 *= 0.9;
      power2 *= 0.999;
      expected -= (0.01 * (m / (1 - power1))) / (Math.sqrt(v / (1 - power2)) + 1e-8);
    }
    expect(weights[0]).toBeCloseTo(expected, 7);
  });

  it('leaves the weights alone that are not used yet', () => {
    const weights = Float32Array.of(1, 2, 3);
    new Adam(3, 0.5).step(weights, Float32Array.of(1));
    expect([...weights]).toEqual([0.5, 2, 3]);
  });
});
