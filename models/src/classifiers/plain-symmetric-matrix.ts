import { triangleLength } from './packed-cholesky.js';
import type { SymmetricMatrix } from './symmetric-matrix.js';

/** One number at a time. */
export class PlainSymmetricMatrix implements SymmetricMatrix {
  readonly triangle: Float64Array;
  readonly vector: Float64Array;

  constructor(rows: number) {
    this.triangle = new Float64Array(triangleLength(rows));
    this.vector = new Float64Array(rows);
  }

  multiply(h: Float64Array): number {
    const { triangle, vector } = this;
    const rows = vector.length;
    vector.fill(0);
    let i = 0;
    let p = 0;
    // Element (i, j) of the triangle stands for (j, i) too. Two rows at a time, so that the vector is loaded and stored
    // once for both, and four sums, so that none waits for the one before.
    for (; i + 1 < rows; i += 2) {
      const h0 = h[i];
      const h1 = h[i + 1];
      const next = p + rows - i;
      let s0 = triangle[p] * h0 + triangle[p + 1] * h1;
      let s1 = triangle[p + 1] * h0 + triangle[next] * h1;
      let s2 = 0;
      let s3 = 0;
      let upper = p + 2;
      let lower = next + 1;
      let j = i + 2;
      for (; j + 1 < rows; j += 2, upper += 2, lower += 2) {
        const a = triangle[upper];
        const b = triangle[upper + 1];
        const c = triangle[lower];
        const d = triangle[lower + 1];
        const g = h[j];
        const k = h[j + 1];
        s0 += a * g;
        s1 += c * g;
        s2 += b * k;
        s3 += d * k;
        vector[j] += a * h0 + c * h1;
        vector[j + 1] += b * h0 + d * h1;
      }
      if (j < rows) {
        s0 += triangle[upper] * h[j];
        s1 += triangle[lower] * h[j];
        vector[j] += triangle[upper] * h0 + triangle[lower] * h1;
      }
      vector[i] += s0 + s2;
      vector[i + 1] += s1 + s3;
      p = next + rows - i - 1;
    }
    if (i < rows) vector[i] += triangle[p] * h[i];
    let quadratic = 0;
    for (let j = 0; j < rows; j++) quadratic += vector[j] * h[j];
    return quadratic;
  }

  downdate(scale: number, growth: number): void {
    const { triangle, vector } = this;
    const rows = vector.length;
    const unrolled = rows - 3;
    for (let i = 0, p = 0; i < rows; i++) {
      const gi = vector[i] * scale * growth;
      let j = i;
      for (; j < unrolled; j += 4, p += 4) {
        triangle[p] = triangle[p] * growth - gi * vector[j];
        triangle[p + 1] = triangle[p + 1] * growth - gi * vector[j + 1];
        triangle[p + 2] = triangle[p + 2] * growth - gi * vector[j + 2];
        triangle[p + 3] = triangle[p + 3] * growth - gi * vector[j + 3];
      }
      for (; j < rows; j++, p++) triangle[p] = triangle[p] * growth - gi * vector[j];
    }
  }
}
