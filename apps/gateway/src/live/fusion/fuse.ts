import { mostProbable } from '../derived/derivation.js';

/** One activity from what several devices say of the same time. */
export interface FusedActivity {
  /** `unknown` when nobody has an answer. */
  readonly activity: string;
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * The linear opinion pool: the mean of the devices' probabilities, an activity that a device does not know counting
 * 0 there. Unlike a product, one device that is sure and wrong does not silence the others. A device without
 * probabilities has no say. Summed in the order given.
 */
export function fuse(opinions: readonly Readonly<Record<string, number>>[]): FusedActivity {
  const heard = opinions.filter((each) => Object.keys(each).length > 0);
  const sums = new Map<string, number>();
  for (const opinion of heard)
    for (const [name, probability] of Object.entries(opinion))
      sums.set(name, (sums.get(name) ?? 0) + probability);
  const probabilities = Object.fromEntries(
    [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => [name, sum / heard.length]),
  );
  const top = mostProbable(probabilities);
  return { activity: top?.activity ?? 'unknown', confidence: top?.probability ?? 0, probabilities };
}
