import { describe, expect, it } from 'vitest';
import { fillGaussian } from '../random/gaussian.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { RandomFeatures } from './random-features.js';

describe('RandomFeatures', () => {
  it('equals tanh(R z + b), with R in blocks of four units', () => {
    const [dimensions, units, gain] = [5, 8, 0.7];
    const random = new Xoshiro128(3);
    const weights = new Float64Array(dimensions * units);
    const bias = new Float64Array(units);
    fillGaussian(weights, random);
    fillGaussian(bias, random);
    const z = Float64Array.of(0.5, -1, 2, 0, 3);
    const output = new Float64Array(units + 2);
    new RandomFeatures(dimensions, units, 3, gain).write(z, output, 1);
    for (let u = 0; u < units; u++) {
      let sum = bias[u];
      for (let i = 0; i < dimensions; i++) {
        const block = Math.floor(u / 4) * 4 * dimensions;
        sum += (weights[block + 4 * i + (u % 4)] * gain * z[i]) / Math.sqrt(dimensions);
      }
      expect(output[1 + u]).toBeCloseTo(Math.tanh(sum), 14);
    }
    expect([output[0], output[units + 1]]).toEqual([0, 0]);
  });
});
