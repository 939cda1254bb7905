import type { PredictionReason, PredictionState } from '@hark/contracts';
import { mostProbable } from '../scores/most-probable.js';

/** What the shared model alone holds most probable, before user and past are considered. */
export interface SharedAnswer {
  readonly activity: string;
  readonly confidence: number;
}

/** What is said of a window. */
export interface Answer {
  readonly state: PredictionState;
  readonly reason: PredictionReason | null;
  /** The most probable class, or `unknown`. */
  readonly activity: string;
  /** The greatest probability; 0 when there is none. */
  readonly confidence: number;
  readonly classes: readonly string[];
  /** Of `classes`, in their order; finite. Valid until the next window is answered. */
  readonly probabilities: Float64Array;
  readonly modelVersion: number;
  /** What the shared model alone says; null where it knows no class, or there is no data. */
  readonly shared: SharedAnswer | null;
}

/** The most probable class, also where it is not said aloud; null where nothing has been learned, or there is no data. */
export function mostProbableClass({ classes, probabilities }: Answer): string | null {
  return probabilities.length === 0 ? null : classes[mostProbable(probabilities)];
}

/** @param probabilities of `classes`, at least one. */
export function sharedAnswer(classes: readonly string[], probabilities: Float64Array): SharedAnswer {
  const best = mostProbable(probabilities);
  return { activity: classes[best], confidence: probabilities[best] };
}
