/** Turns logarithms of weights into probabilities, in place: finite, ≥ 0, sum 1. */
export function softmaxInPlace(logs: Float64Array): void {
  let most = logs[0];
  for (let c = 1; c < logs.length; c++) if (logs[c] > most) most = logs[c];
  let sum = 0;
  for (let c = 0; c < logs.length; c++) {
    logs[c] = Math.exp(logs[c] - most);
    sum += logs[c];
  }
  for (let c = 0; c < logs.length; c++) logs[c] /= sum;
}
