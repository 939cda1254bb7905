import type { Classifier } from '../classifier.js';

/** A classifier that can be told to give the windows to come more weight, as after a drift. */
export interface Boostable {
  boost(amount: number): void;
}

export function isBoostable(classifier: Classifier): classifier is Classifier & Boostable {
  return 'boost' in classifier && typeof classifier.boost === 'function';
}
