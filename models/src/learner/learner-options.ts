import type { ClassifierFactory } from '../classifier.js';

export interface LearnerOptions {
  readonly classifier: ClassifierFactory;
  /** Hash of the feature names and parameters; windows and versions with another are refused. */
  readonly featureSchema: string;
  /** Length of the feature vectors. */
  readonly dimensions: number;
  /** Of the classifier's own randomness; default 1. */
  readonly seed?: number;
  /** A version is made after every so many windows learned; default 1,000. */
  readonly versionEvery?: number;
  /** Below it the activity is `unknown`, for low confidence; default 0.4. */
  readonly confidenceThreshold?: number;
  /** What to do when the error has risen: make the classifier learn faster, or only say so. Default `boost`. */
  readonly onDrift?: 'boost' | 'none';
  /** `false`: no version is made or told of, as in a replay. Default true. */
  readonly versions?: boolean;
  /** Answer from this version's state instead of from nothing. */
  readonly startFrom?: { readonly version: number; readonly state: Uint8Array };
  /** Whether labelled windows are learned, until a command says otherwise; default true. */
  readonly learning?: boolean;
}

/** Features of another schema than the learner's: its weights mean nothing for them. */
export class FeatureSchemaError extends Error {
  readonly code = 'feature_schema';
  constructor(
    readonly found: string,
    readonly expected: string,
  ) {
    super(`features of schema ${found}, expected ${expected}: this model was learned on other features`);
  }
}
