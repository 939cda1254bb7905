/** Number of the greatest value, the first among equals; 0 when there is none. */
export function mostProbable(probabilities: ArrayLike<number>): number {
  let most = 0;
  for (let c = 1; c < probabilities.length; c++) if (probabilities[c] > probabilities[most]) most = c;
  return most;
}
