import { SimdSymmetricMatrix } from '../simd/simd-symmetric-matrix.js';
import { PlainSymmetricMatrix } from './plain-symmetric-matrix.js';

/**
 * A symmetric matrix A as its upper triangle, row by row, and the vector by which it is changed. However it is made,
 * the same calls leave the same numbers to the last bit.
 */
export interface SymmetricMatrix {
  readonly triangle: Float64Array;
  readonly vector: Float64Array;
  /** vector = A h. @returns hᵀ A h */
  multiply(h: Float64Array): number;
  /** A = (A − vector vectorᵀ · scale) · growth */
  downdate(scale: number, growth: number): void;
}

/** Of less rows a memory of its own, of 64 KiB at least, is too much: there may be one for each person. */
const LEAST_ROWS_OF_SIMD = 96;

/** A matrix of zeros. */
export function symmetricMatrix(rows: number): SymmetricMatrix {
  const simd = rows < LEAST_ROWS_OF_SIMD ? null : SimdSymmetricMatrix.create(rows);
  return simd ?? new PlainSymmetricMatrix(rows);
}
