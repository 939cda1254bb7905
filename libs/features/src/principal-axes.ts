const SWEEPS = 8;

/**
 * Eigenvalues of a symmetric 3 × 3 matrix, by cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations,
 * section 8.5), which need no trigonometry. A sweep squares the error; eight are far more than enough.
 *
 * @param m row by row, the upper triangle is read; overwritten.
 * @param out the three, largest first.
 */
export function eigenvalues3(m: Float64Array, out: Float64Array): void {
  for (let sweep = 0; sweep < SWEEPS && (m[1] !== 0 || m[2] !== 0 || m[5] !== 0); sweep++) {
    rotate(m, 0, 4, 1, 2, 5);
    rotate(m, 0, 8, 2, 1, 5);
    rotate(m, 4, 8, 5, 1, 2);
  }
  const [a, b, c] = [m[0], m[4], m[8]];
  const high = a > b ? a : b;
  const low = a > b ? b : a;
  out[0] = c > high ? c : high;
  out[1] = c > high ? high : c > low ? c : low;
  out[2] = c > low ? low : c;
}

/**
 * One rotation that makes entry `pq` zero. `pp` and `qq` are its diagonal entries, `pr` and `qr` the entries that
 * tie both to the third axis.
 */
function rotate(m: Float64Array, pp: number, qq: number, pq: number, pr: number, qr: number): void {
  const off = m[pq];
  if (off === 0) return;
  const theta = (m[qq] - m[pp]) / (2 * off);
  const size = (theta < 0 ? -theta : theta) + Math.sqrt(theta * theta + 1);
  const tangent = theta < 0 ? -1 / size : 1 / size;
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  m[pp] -= tangent * off;
  m[qq] += tangent * off;
  m[pq] = 0;
  const p = m[pr];
  const q = m[qr];
  m[pr] = cosine * p - sine * q;
  m[qr] = sine * p + cosine * q;
}
