import { describe, expect, it } from 'vitest';
import { RunningScaler } from './running-scaler.js';

const SETTLED = 10;

/** Learns columns of one feature each and scales `asked`. */
function scale(values: readonly number[], asked: readonly number[]): number[] {
  const scaler = new RunningScaler(1, SETTLED);
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
});
