import type { PredictionReason, PredictionState } from '@hark/contracts';
import { mostProbable } from '../scores/most-probable.js';

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
  /** What the shared model alone holds most probable; null where it knows no class, or there is no data. */
  readonly sharedClass: string | null;
}

/** The most probable class, also where it is not said aloud; null where nothing has been learned, or there is no data. */
export function mostProbableClass({ classes, probabilities }: Answer): string | null {
  return probabilities.length === 0 ? null : classes[mostProbable(probabilities)];
}
