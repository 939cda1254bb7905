import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eigenvalues3 } from './principal-axes.js';

function eigenvalues(upper: readonly number[]): number[] {
  const [xx, xy, xz, yy, yz, zz] = upper;
  const out = new Float64Array(3);
  eigenvalues3(Float64Array.of(xx, xy, xz, 0, yy, yz, 0, 0, zz), out);
  return [...out];
}

it('sorts the diagonal of a diagonal matrix', () => {
  expect(eigenvalues([1, 0, 0, 3, 0, 2])).toEqual([3, 2, 1]);
  expect(eigenvalues([2, 0, 0, 1, 0, 3])).toEqual([3, 2, 1]);
  expect(eigenvalues([0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0]);
});

it('solves a matrix whose eigenvalues are known: 2 − √2, 2, 2 + √2', () => {
  const [a, b, c] = eigenvalues([2, -1, 0, 2, -1, 2]);
  expect(a).toBeCloseTo(3.414213562373095, 13);
  expect(b).toBeCloseTo(2, 13);
  expect(c).toBeCloseTo(0.585786437626905, 13);
});

it('keeps trace, sum of squares and determinant', () => {
  const entry = fc.double({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(entry, entry, entry, entry, entry, entry), (upper) => {
      const [xx, xy, xz, yy, yz, zz] = upper;
      const [a, b, c] = eigenvalues(upper);
      const size = Math.max(1, ...upper.map(Math.abs));
      expect(a >= b && b >= c).toBe(true);
      expect(Math.abs(a + b + c - (xx + yy + zz)) / size).toBeLessThan(1e-12);
      const squares = xx * xx + yy * yy + zz * zz + 2 * (xy * xy + xz * xz + yz * yz);
      expect(Math.abs(a * a + b * b + c * c - squares) / (size * size)).toBeLessThan(1e-12);
      const determinant = xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz);
      expect(Math.abs(a * b * c - determinant) / (size * size * size)).toBeLessThan(1e-12);
    }),
  );
});
