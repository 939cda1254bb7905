/** The most probable activity, also where its probability was too low to say it; `null` without any. */
export function mostProbable(probabilities: Readonly<Record<string, number>>): string | null {
  let best: string | null = null;
  for (const [activity, probability] of Object.entries(probabilities)) {
    if (best === null || probability > probabilities[best]) best = activity;
  }
  return best;
}
