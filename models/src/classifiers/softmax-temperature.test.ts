import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { SoftmaxTemperature } from './softmax-temperature.js';

const softmax = (temperature: SoftmaxTemperature, ...scores: number[]) => {
  const probabilities = new Float64Array(scores.length);
  temperature.probabilities(Float64Array.from(scores), scores.length, probabilities);
  return [...probabilities];
};

describe('SoftmaxTemperature', () => {
  it('is the softmax of the scores times the sharpness', () => {
    const temperature = new SoftmaxTemperature();
    temperature.sharpness = 2;
    const [a, b] = [Math.exp(2), Math.exp(0)];
    expect(softmax(temperature, 1, 0)[0]).toBeCloseTo(a / (a + b), 14);
  });

  it('does not overflow', () => {
    expect(softmax(new SoftmaxTemperature(), 1e300, 0, -1e300)).toEqual([1, 0, 0]);
  });

  it.each([0.7, 0.8, 0.95])('settles where what is said is right as often as it is: %f', (share) => {
    const temperature = new SoftmaxTemperature();
    const random = new Xoshiro128(1);
    const scores = Float64Array.of(0.8, 0.2);
    const probabilities = new Float64Array(2);
    let said = 0;
    for (let i = 0; i < 6000; i++) {
      temperature.probabilities(scores, 2, probabilities);
      if (i >= 2000) said += probabilities[0] / 4000;
      temperature.learn(scores, probabilities, 2, random.nextUniform() < share ? 0 : 1);
    }
    expect(Math.abs(said - share)).toBeLessThan(0.02);
  });

  it('stays within its bounds when always right, or always wrong', () => {
    for (const [truth, bound] of [
      [0, 40],
      [1, 1],
    ]) {
      const temperature = new SoftmaxTemperature();
      const probabilities = new Float64Array(2);
      for (let i = 0; i < 20_000; i++) {
        temperature.probabilities(Float64Array.of(0.55, 0.45), 2, probabilities);
        temperature.learn(Float64Array.of(0.55, 0.45), probabilities, 2, truth);
      }
      expect(temperature.sharpness).toBeCloseTo(bound, 0);
    }
  });
});
