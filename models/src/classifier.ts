/**
 * An online classifier: predict, then learn, one window at a time. Implementations are deterministic functions of
 * their options and the sequence of `learn` calls, and pass `classifier.contract.ts`.
 */
export interface Classifier {
  /** Name in the registry, e.g. `rls`. */
  readonly name: string;
  /** Length of the feature vectors. */
  readonly dimensions: number;
  /** Classes seen so far, in the order they were first learned. */
  readonly classes: readonly string[];
  /** Windows learned. */
  readonly learned: number;

  /**
   * Probabilities of `classes` in their order, summing to 1; empty before the first class. Does not change the
   * classifier. The array is reused by the next call.
   * @param x finite values, length `dimensions`.
   */
  predict(x: Float64Array): Float64Array;

  /**
   * Learns one labelled window.
   * @throws FeatureError when a value is not finite or the length is wrong; nothing is learned then.
   * @throws TooManyClassesError at the 33rd class; nothing is learned then.
   */
  learn(x: Float64Array, label: string): void;

  /** All of the state, little-endian, with name and format version. Restoring changes no bit of what follows. */
  snapshot(): Uint8Array;
}

export interface ClassifierOptions {
  /** Length of the feature vectors. */
  readonly dimensions: number;
  /** Where what is random begins; an integer, its lower 32 bits count. */
  readonly seed: number;
}

/** Makes classifiers of one kind. */
export interface FactoryOf<C extends Classifier> {
  readonly name: string;
  create(options: ClassifierOptions): C;
  /** @throws StateFormatError when the state is damaged, of another format version or of another classifier. */
  restore(state: Uint8Array): C;
}

export type ClassifierFactory = FactoryOf<Classifier>;

/** A feature vector that can't be used: wrong length, or a value that is not finite. */
export class FeatureError extends Error {
  readonly code = 'invalid_features';
}

/** A class beyond the 32 that a classifier keeps. */
export class TooManyClassesError extends Error {
  readonly code = 'too_many_classes';
}
