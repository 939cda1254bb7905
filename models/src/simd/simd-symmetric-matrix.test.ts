import { describe, expect, it } from 'vitest';
import { PlainSymmetricMatrix } from '../classifiers/plain-symmetric-matrix.js';
import { symmetricMatrix } from '../classifiers/symmetric-matrix.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { SimdSymmetricMatrix } from './simd-symmetric-matrix.js';

function simd(rows: number): SimdSymmetricMatrix {
  const made = SimdSymmetricMatrix.create(rows);
  if (made === null) throw new Error('Node 20 works on two numbers at once');
  return made;
}

describe('SimdSymmetricMatrix', () => {
  it('multiplies by a vector and takes its outer product away', () => {
    const matrix = simd(3);
    // [1 2 3; 2 4 5; 3 5 6] (1, 10, 100)
    matrix.triangle.set([1, 2, 3, 4, 5, 6]);
    expect(matrix.multiply(Float64Array.of(1, 10, 100))).toBe(71_041);
    expect([...matrix.vector]).toEqual([321, 542, 653]);
    matrix.vector.set([1, 2, 3]);
    matrix.downdate(2, 10);
    expect([...matrix.triangle]).toEqual([-10, -20, -30, -40, -70, -120]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 61, 124, 189])(
    'comes to the same as the plain loops to the last bit, with %i rows',
    (rows) => {
      const random = new Xoshiro128(rows);
      const [plain, fast] = [new PlainSymmetricMatrix(rows), simd(rows)];
      for (const { triangle } of [plain, fast]) {
        for (let i = 0, d = 0; i < rows; d += rows - i, i++) triangle[d] = 0.2;
      }
      for (let window = 0; window < 50; window++) {
        const h = Float64Array.from({ length: rows }, () => 2 * random.nextUniform() - 1);
        const quadratic = plain.multiply(h);
        expect(fast.multiply(h)).toBe(quadratic);
        expect(fast.vector).toEqual(plain.vector);
        for (const matrix of [plain, fast]) matrix.downdate(1 / (0.9995 + quadratic), 1 / 0.9995);
      }
      expect(fast.triangle).toEqual(plain.triangle);
    },
  );

  it('is what a large matrix is made of, and a small one is not', () => {
    expect(symmetricMatrix(189)).toBeInstanceOf(SimdSymmetricMatrix);
    expect(symmetricMatrix(40)).toBeInstanceOf(PlainSymmetricMatrix);
  });
});
