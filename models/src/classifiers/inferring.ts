import type { Classifier } from '../classifier.js';

/** A classifier that can learn a label that nobody gave, for less than one that somebody did. */
export interface Inferring {
  /** @param trust how sure the label is, in (0, 1). @throws as `learn` does. */
  learnInferred(x: Float64Array, label: string, trust: number): void;
}

export function isInferring(classifier: Classifier): classifier is Classifier & Inferring {
  return 'learnInferred' in classifier && typeof classifier.learnInferred === 'function';
}
