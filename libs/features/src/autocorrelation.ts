/**
 * Raw autocorrelation, `out[k] = Σ c[i] · c[i + k]` for k from `first` to `last` (below `length`), every sum in
 * ascending order of i. Four lags go together: two loads then serve four sums that don't wait for each other.
 */
export function autocorrelation(
  c: Float64Array,
  length: number,
  first: number,
  last: number,
  out: Float64Array,
): void {
  let k = first;
  for (; k + 3 <= last; k += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const common = length - k - 3;
    let c0 = c[k];
    let c1 = c[k + 1];
    let c2 = c[k + 2];
    for (let i = 0; i < common; i++) {
      const value = c[i];
      const c3 = c[i + k + 3];
      s0 += value * c0;
      s1 += value * c1;
      s2 += value * c2;
      s3 += value * c3;
      c0 = c1;
      c1 = c2;
      c2 = c3;
    }
    s0 += c[common] * c0;
    s1 += c[common] * c1;
    s2 += c[common] * c2;
    s0 += c[common + 1] * c1;
    s1 += c[common + 1] * c2;
    s0 += c[common + 2] * c2;
    out[k] = s0;
    out[k + 1] = s1;
    out[k + 2] = s2;
    out[k + 3] = s3;
  }
  for (; k <= last; k++) {
    let sum = 0;
    for (let i = 0; i + k < length; i++) sum += c[i] * c[i + k];
    out[k] = sum;
  }
}
