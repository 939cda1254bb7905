import type { ClassifierFactory } from '../classifier.js';
import type { DriftWatchOptions } from '../drift/drift-watch.js';
import type { ChallengeRules } from './challengers.js';

/** Windows learned from one version to the next, unless told otherwise. */
export const VERSION_EVERY = 1000;

export interface LearnerOptions {
  readonly classifier: ClassifierFactory;
  /** Hash of the feature names and parameters; windows and versions with another are refused. */
  readonly featureSchema: string;
  /** Names of the features, in their order. */
  readonly featureNames: readonly string[];
  /** Of the classifier's own randomness; default 1. */
  readonly seed?: number;
  /** A version is made after every so many windows learned; default {@link VERSION_EVERY}. */
  readonly versionEvery?: number;
  /** Below it the activity is `unknown`, for low confidence; default 0.4. */
  readonly confidenceThreshold?: number;
  /** Adapt the model to each user that labels come of; default true. */
  readonly adaptation?: boolean;
  /** Users kept at hand; those that fall quiet beyond it are put away as files. Default 256. */
  readonly usersAtHand?: number;
  /** Let a device's earlier windows count in the answer to a later one; default true. */
  readonly smoothing?: boolean;
  /** Learn windows next to a lonely label with it too; default true. */
  readonly interpolation?: boolean;
  /** What is watched for drift, and how; default all, see {@link DriftWatch}. */
  readonly drift?: Pick<DriftWatchOptions, 'signals' | 'detector'>;
  /** What to do when the error has risen: make the classifier learn faster, or only say so. Default `boost`. */
  readonly onDrift?: 'boost' | 'none';
  /** A version is made once so much time has passed on the arrival clock of the windows since the last; 0 = never. */
  readonly versionEveryMs?: number;
  /** Versions kept; default 100. */
  readonly versionsKept?: number;
  /** Classifiers that learn beside the current one and are compared with it; default none. */
  readonly challengers?: readonly ClassifierFactory[];
  /** When a challenger counts as better; default {@link CHALLENGE_RULES}. */
  readonly challengeRules?: ChallengeRules;
  /** What to do with a better challenger: say so, or let it answer at once. Default `propose`. */
  readonly onBetterChallenger?: 'propose' | 'promote';
  /** All classifiers that a stored model may be of; default those named above. */
  readonly classifiers?: (name: string) => ClassifierFactory | null;
  /** How far a window may lie behind its device's newest, in event time, and still be labelled; default 0: not at all. */
  readonly labelHorizonMs?: number;
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
