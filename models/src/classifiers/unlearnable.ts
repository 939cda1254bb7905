import type { Classifier } from '../classifier.js';

/** A classifier that can take back a window that it has learned. */
export interface Unlearnable {
  /** How much the window learned last counted for: to be kept with a window that may have to be unlearned. */
  readonly lastWeight: number;
  /**
   * Makes the classifier what it would be had it not learned this window, as far as its memory is a sum over windows.
   * @param learned `lastWeight` right after it was learned, and the number of windows learned since.
   */
  unlearn(x: Float64Array, label: string, learned: { readonly weight: number; readonly age: number }): void;
}

export function isUnlearnable(classifier: Classifier): classifier is Classifier & Unlearnable {
  return 'unlearn' in classifier && typeof classifier.unlearn === 'function';
}
