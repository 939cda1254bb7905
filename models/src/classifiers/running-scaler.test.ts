import { describe, expect, it } from 'vitest';
import { RunningScaler, type ScalePrior } from './running-scaler.js';

const SETTLED = 10;
const NO_PRIOR: ScalePrior = { windows: 0, deviation: 1 };

/** Learns columns of one feature each and scales `asked`. */
function scale(values: readonly number[], asked: readonly number[], prior = NO_PRIOR): number[] {
  const scaler = new RunningScaler(1, { settleAfter: SETTLED, prior });
  for (const value of values) scaler.update(Float64Array.of(value));
  return asked.map((value) => {
    const output = new Float64Array(1);
    scaler.standardise(Float64Array.of(value), output);
    return output[0];
  });
}

describe('RunningScaler', () => {
  it('gives asinh of the deviations from the mean', () => {
    // Mean 5, deviation 2.
    const [mean, above, below] = scale([2, 4, 4, 4, 5, 5, 7, 9], [5, 7, 1]);
    expect(mean).toBe(0);
    expect(above).toBeCloseTo(0.881373587019543, 12);
    expect(below).toBeCloseTo(-1.4436354751788103, 12);
  });

  it('settles after so many windows', () => {
    const settled = Array.from({ length: SETTLED }, (_, i) => i % 3);
    expect(scale([...settled, 1000, -1000], [2])).toEqual(scale(settled, [2]));
  });

  it('keeps values far out apart', () => {
    const [far, farther] = scale([0, 1, 0, 1], [100, 200]);
    expect(farther - far).toBeGreaterThan(0.5);
  });

  it('gives 0 for a feature that has not varied but for rounding', () => {
    expect(scale([9.81, 9.81, 9.81 + 1e-12], [9.81, 12, -1e300])).toEqual([0, 0, 0]);
  });

  it('takes the scale of a feature from when it first varies', () => {
    const late = scale([...Array<number>(500).fill(3), 5, 3, 5, 3, 5, 3, 5, 3, 5], [5, 3]);
    // Ten values in turn: mean 4, deviation 1.
    expect(late[0]).toBeCloseTo(0.881373587019543, 12);
    expect(late[1]).toBeCloseTo(-0.881373587019543, 12);
  });

  it('is finite on the largest numbers there are', () => {
    const out = scale([1e308, -1e308, 1e308, -1e308], [1.7e308, -1.7e308, 0, 5e-324]);
    expect(out.every((value) => Math.abs(value) < 14.6)).toBe(true);
    expect(scale([0, 5e-324], [1e308, 1]).every((value) => Math.abs(value) < 14.6)).toBe(true);
  });

  describe('with a prior of two windows of deviation 2', () => {
    const PRIOR: ScalePrior = { windows: 2, deviation: 2 };

    it('takes two windows at the first value, of that deviation, into account', () => {
      // 3 3 3 7: mean 4, squares 12; two variances of 4; (12 + 8) / 4 = 5.
      const [mean, above, below] = scale([3, 7], [4, 4 + Math.sqrt(5), 4 - 2 * Math.sqrt(5)], PRIOR);
      expect(mean).toBe(0);
      expect(above).toBeCloseTo(0.881373587019543, 12);
      expect(below).toBeCloseTo(-1.4436354751788103, 12);
    });

    it('takes the root mean square for the deviation where that is less', () => {
      // 0.3 0.3 0.3 0.7: mean 0.4, squares 0.12; two mean squares of 0.29; (0.12 + 0.58) / 4 = 0.175.
      const [mean, above] = scale([0.3, 0.7], [0.4, 0.4 + Math.sqrt(0.175)], PRIOR);
      expect(mean).toBeCloseTo(0, 12);
      expect(above).toBeCloseTo(0.881373587019543, 12);
    });

    it('does not spread what comes after a still start', () => {
      const still = [1, 1.01, 0.99, 1.01, 0.99, 1.01, 0.99];
      expect(scale(still, [3])[0]).toBeCloseTo(6.0685, 4);
      // Squares 0.0006; two mean squares of 1.0000857; 2.0007714 / 9 = 0.471495².
      expect(scale(still, [3], PRIOR)[0]).toBeCloseTo(2.15175, 4);
    });

    it('is the same in a unit a thousand or a million times as large', () => {
      const values = [0.3, -0.7, 0.4, 0.1];
      const asked = [0.2, -2, 5];
      const expected = scale(values, asked, PRIOR);
      for (const unit of [1e3, 1e6]) {
        const actual = scale(
          values.map((value) => value / unit),
          asked.map((value) => value / unit),
          PRIOR,
        );
        actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
      }
    });

    it('gives way to data in a smaller unit', () => {
      const [above] = scale([3e6, 7e6], [4e6 + Math.sqrt(3) * 1e6], PRIOR);
      expect(above).toBeCloseTo(0.881373587019543, 6);
    });

    it('is the same at any offset above the deviation', () => {
      const values = [3, 7, 4, 5];
      const expected = scale(values, [9], PRIOR);
      const shifted = scale(
        values.map((value) => value - 4096),
        [9 - 4096],
        PRIOR,
      );
      expect(shifted[0]).toBeCloseTo(expected[0], 12);
    });

    it('gives 0 for a feature that has not varied', () => {
      expect(scale(Array<number>(20).fill(9.81), [9.81, 12, -1e300], PRIOR)).toEqual([0, 0, 0]);
    });

    it('is finite on the largest and on the smallest numbers there are', () => {
      const asked = [1.7e308, -1.7e308, 0, 5e-324, 1e-160];
      for (const values of [
        [1e308, -1e308, 1e308, -1e308],
        [0, 5e-324, 0, 5e-324],
        [1e-160, -1e-160, 1e-160],
        [1e308, 1e308, 0],
      ]) {
        expect(scale(values, asked, PRIOR).every((value) => Math.abs(value) < 14.6)).toBe(true);
      }
    });
  });
});
