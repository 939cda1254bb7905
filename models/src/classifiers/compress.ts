/**
 * Writes `asinh` of each value of `x` to `output[0, x.length)`: linear below 1 in magnitude, logarithmic above, within
 * ±711 whatever finite values come. Needs no statistics, so that what is summed over compressed features stays
 * comparable for ever, also with sums made elsewhere. The features of `@hark/features` are of order 1 on purpose.
 */
export function compress(x: Float64Array, output: Float64Array): void {
  for (let i = 0; i < x.length; i++) output[i] = Math.asinh(x[i]);
}
