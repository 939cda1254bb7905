import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { addOuterProduct, factorise, solveFactorised, triangleLength } from './packed-cholesky.js';

const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 21];

/** Σ h hᵀ + I over random h, and a right side. */
function problem(n: number) {
  const random = new Xoshiro128(n);
  const packed = new Float64Array(triangleLength(n));
  const full = Matrix.eye(n);
  for (let k = 0; k < 2 * n; k++) {
    const h = Float64Array.from({ length: n }, () => random.nextUniform() - 0.5);
    addOuterProduct(packed, h, 3);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) full.set(i, j, full.get(i, j) + 3 * h[i] * h[j]);
  }
  for (let i = 0, d = 0; i < n; d += n - i, i++) packed[d] += 1;
  return { packed, full, b: Float64Array.from({ length: n }, () => random.nextUniform()) };
}

describe('packed Cholesky', () => {
  it('takes the root of a matrix', () => {
    // [4 2 6; 2 10 9; 6 9 14] = Uᵀ U of U = [2 1 3; 0 3 2; 0 0 1].
    const a = Float64Array.of(4, 2, 6, 10, 9, 14);
    expect(factorise(a, 3)).toBe(true);
    expect([...a]).toEqual([2, 1, 3, 3, 2, 1]);
    const w = Float64Array.of(12, 21, 29);
    solveFactorised(a, w);
    expect([...w]).toEqual([1, 1, 1]);
  });

  it.each(SIZES)('solves %i equations as ml-matrix does', (n) => {
    const { packed, full, b } = problem(n);
    const expected = solve(full, Matrix.columnVector(b)).to1DArray();
    expect(factorise(packed, n)).toBe(true);
    solveFactorised(packed, b);
    b.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  it.each([
    ['negative', [-1]],
    ['singular', [1, 1, 1]],
    ['indefinite', [1, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1]],
    ['not a number', [NaN]],
  ])('refuses what is %s', (_, values) => {
    expect(factorise(Float64Array.from(values), values.length === 1 ? 1 : values.length === 3 ? 2 : 5)).toBe(
      false,
    );
  });
});
