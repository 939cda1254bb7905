/**
 * The two-sample Kolmogorov-Smirnov statistic: the greatest distance between the empirical distributions of `a` and
 * `b`, from 0 to 1. Ties count once. Sorts both in place.
 */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): number {
  a.sort();
  b.sort();
  let greatest = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] <= value) i++;
    while (j < b.length && b[j] <= value) j++;
    greatest = Math.max(greatest, Math.abs(i / a.length - j / b.length));
  }
  return greatest;
}
