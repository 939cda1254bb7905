import type { Classifier } from '../classifier.js';

/**
 * A classifier whose state is a sum over the windows it has learned: sums made apart are added, and a part is taken out
 * as if it had never been learned. Both leave the two as they are, and hold to rounding: the weights are equal to 1e-9.
 */
export interface Mergeable<C extends Classifier> extends Classifier {
  /**
   * What has learned the windows of both; classes in the order of this one, then those of `other` alone.
   * @throws DifferentModelError
   * @throws TooManyClassesError when they have more than 32 classes together.
   */
  merge(other: C): C;

  /**
   * What has learned the windows of this one but for those of `other`, such as the windows of one user. Classes of
   * which nothing is left are gone.
   * @throws DifferentModelError
   * @throws NotIncludedError
   */
  subtract(other: C): C;

  /** Learns one labelled window for a part that is to be merged: its own answers are not brought up to date. @throws as `learn`. */
  gather(x: Float64Array, label: string): void;

  /** A copy of the weights of a class, solved from the sums as they are now; all 0 for one never learned. */
  weights(label: string): Float64Array;
}

/** Two models that don't have the same options: their sums are not of the same things. */
export class DifferentModelError extends Error {
  readonly code = 'different_model';
}

/** A model is to be subtracted that has learned more windows of a class than the one it is subtracted from. */
export class NotIncludedError extends Error {
  readonly code = 'not_included';
  constructor(
    readonly label: string,
    readonly subtracted: number,
    readonly included: number,
  ) {
    super(`${subtracted} windows of ${JSON.stringify(label)} can't be taken from ${included}`);
  }
}

/** A classifier was asked to be merged that is not a sum over windows. */
export class NotMergeableError extends Error {
  readonly code = 'not_mergeable';
  constructor(readonly classifier: string) {
    super(`models of ${classifier} can't be merged`);
  }
}

export function isMergeable(classifier: Classifier): classifier is Mergeable<Classifier> {
  return 'merge' in classifier && typeof classifier.merge === 'function';
}

/** @throws NotMergeableError */
export function mergeable(classifier: Classifier): Mergeable<Classifier> {
  if (isMergeable(classifier)) return classifier;
  throw new NotMergeableError(classifier.name);
}
