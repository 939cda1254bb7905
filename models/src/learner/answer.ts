import type { PredictionReason, PredictionState } from '@hark/contracts';
import type { Classifier } from '../classifier.js';
import { mostProbable } from '../scores/most-probable.js';

/** What a model says of a window. */
export interface Answer {
  readonly state: PredictionState;
  readonly reason: PredictionReason | null;
  /** The most probable class, or `unknown`. */
  readonly activity: string;
  /** The greatest probability; 0 when there is none. */
  readonly confidence: number;
  readonly classes: readonly string[];
  /** Of `classes`, in their order; finite. Valid until the classifier is asked again. */
  readonly probabilities: Float64Array;
  readonly modelVersion: number;
}

const NO_PROBABILITIES = new Float64Array(0);

/**
 * Asks the classifier. No data where the vector says nothing: the windower leaves it empty where there are too few
 * samples. Cold where nothing has been learned. Unknown where no probability reaches `threshold`.
 */
export function answerOf(
  classifier: Classifier,
  modelVersion: number,
  features: Float64Array,
  threshold: number,
): Answer {
  const { classes } = classifier;
  const unknown = {
    activity: 'unknown',
    confidence: 0,
    classes,
    probabilities: NO_PROBABILITIES,
    modelVersion,
  };
  if (!isUsable(features, classifier.dimensions)) return { ...unknown, state: 'unknown', reason: 'no_data' };
  const probabilities = classifier.predict(features);
  if (probabilities.length === 0) return { ...unknown, state: 'cold', reason: 'model_cold' };
  const best = mostProbable(probabilities);
  const confidence = probabilities[best];
  if (confidence < threshold) {
    return { ...unknown, probabilities, confidence, state: 'unknown', reason: 'low_confidence' };
  }
  return { ...unknown, activity: classes[best], probabilities, confidence, state: 'ok', reason: null };
}

function isUsable(features: Float64Array, dimensions: number): boolean {
  if (features.length !== dimensions) return false;
  // Only a finite number minus itself is 0.
  for (let i = 0; i < dimensions; i++) if (features[i] - features[i] !== 0) return false;
  return true;
}
