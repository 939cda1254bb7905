/**
 * Symmetric matrices as their upper triangle, row by row: element (i, j), j ≥ i, of an n × n one stands at
 * `i n − i (i − 1) / 2 + j − i`.
 */
export const triangleLength = (n: number): number => (n * (n + 1)) / 2;

/** A += weight · h hᵀ */
export function addOuterProduct(a: Float64Array, h: Float64Array, weight: number): void {
  const n = h.length;
  const unrolled = n - 3;
  for (let i = 0, p = 0; i < n; i++) {
    const hi = h[i] * weight;
    let j = i;
    for (; j < unrolled; j += 4, p += 4) {
      a[p] += hi * h[j];
      a[p + 1] += hi * h[j + 1];
      a[p + 2] += hi * h[j + 2];
      a[p + 3] += hi * h[j + 3];
    }
    for (; j < n; j++, p++) a[p] += hi * h[j];
  }
}

/**
 * Replaces a positive definite A by its Cholesky factor U, A = Uᵀ U (Golub & Van Loan, Matrix Computations, 4.2.5, outer
 * product form, by blocks of four rows): n³ / 3 operations.
 * @returns whether it is positive definite; if not, what is left in `a` is of no use.
 */
export function factorise(a: Float64Array, n: number): boolean {
  for (let k = 0, row = 0; k < n;) {
    const rows = n - k < 4 ? 1 : 4;
    const next = row + triangleLength(n - k) - triangleLength(n - k - rows);
    for (let r = 0, pivot = row; r < rows; pivot += n - k - r, r++) {
      if (!finishRow(a, pivot, n - k - r)) return false;
      subtractRow(a, pivot, n - k - r, rows - r - 1);
    }
    if (rows === 4) subtractFourRows(a, row, n - k, next);
    else subtractRow(a, row, n - k, n - k - 1);
    row = next;
    k += rows;
  }
  return true;
}

/** Divides the row of `length` elements that begins on the diagonal by the root of its first. */
function finishRow(a: Float64Array, row: number, length: number): boolean {
  if (!(a[row] > 0)) return false;
  const scale = 1 / Math.sqrt(a[row]);
  for (let j = row; j < row + length; j++) a[j] *= scale;
  return true;
}

/** Takes a finished row's part out of the next `count` rows. */
function subtractRow(a: Float64Array, row: number, length: number, count: number): void {
  for (let i = 1, p = row + length; i <= count; i++) {
    const u = a[row + i];
    for (let j = row + i; j < row + length; j++, p++) a[p] -= u * a[j];
  }
}

/** Takes four finished rows' part out of all rows from `p` on: each element is loaded and stored once for the four. */
function subtractFourRows(a: Float64Array, row: number, length: number, p: number): void {
  // Where the rows would stand if each began in the first one's column.
  const r0 = row;
  const r1 = r0 + length - 1;
  const r2 = r1 + length - 2;
  const r3 = r2 + length - 3;
  for (let i = 4; i < length; i++) {
    const u0 = a[r0 + i];
    const u1 = a[r1 + i];
    const u2 = a[r2 + i];
    const u3 = a[r3 + i];
    for (let j = i; j < length; j++, p++) {
      a[p] -= u0 * a[r0 + j] + u1 * a[r1 + j] + (u2 * a[r2 + j] + u3 * a[r3 + j]);
    }
  }
}

/** Solves Uᵀ U w = b: `w`, holding b, becomes the solution. */
export function solveFactorised(u: Float64Array, w: Float64Array): void {
  const n = w.length;
  for (let i = 0, p = 0; i < n; i++) {
    const value = (w[i] /= u[p++]);
    for (let j = i + 1; j < n; j++, p++) w[j] -= u[p] * value;
  }
  for (let i = n - 1, row = triangleLength(n) - 1; i >= 0; row -= n - --i) {
    let sum = w[i];
    for (let j = i + 1; j < n; j++) sum -= u[row + j - i] * w[j];
    w[i] = sum / u[row];
  }
}
