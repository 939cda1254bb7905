import { describe, expect, it } from 'vitest';
import { compress } from './compress.js';

describe('compress', () => {
  it('is linear near 0, logarithmic far out, and leaves what is behind the values', () => {
    const output = new Float64Array(6).fill(1);
    compress(Float64Array.of(0, 1e-9, 1, -1, 1.7976931348623157e308), output);
    expect([...output.subarray(0, 2)]).toEqual([0, 1e-9]);
    expect(output[2]).toBeCloseTo(0.881373587019543, 14);
    expect(output[3]).toBe(-output[2]);
    expect(output[4]).toBeCloseTo(710.4758600739439, 9);
    expect(output[5]).toBe(1);
  });
});
