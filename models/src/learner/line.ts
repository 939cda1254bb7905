import type { ModelEvent, VersionCause } from '@hark/contracts';
import type { Outputs } from '@hark/streaming';
import type { Classifier } from '../classifier.js';
import type { ConfusionMatrix } from '../scores/confusion-matrix.js';
import type { ModelState } from './model-state.js';

/** Where the stream stands when a version is made. */
export interface VersionPoint {
  readonly logPosition: number;
  /** Event time of the last window, ISO 8601, or null before the first. */
  readonly time: string | null;
  /** Of several learners: of each partition, how many of the parts handed in to `model-merge` the version holds. */
  readonly merged?: readonly number[];
}

/**
 * The model that answers and goes on learning, and the versions that it comes from. There are two: a learner that is the
 * only one makes the versions itself, one of several learns its part of them.
 */
export interface Line {
  /** The model that answers. */
  readonly current: ModelState;
  readonly classifier: Classifier;
  /** The version from which the model has gone on; 0 before the first was made. */
  readonly version: number;
  /** How often another model took over whose classes may have other numbers, as after a rollback. */
  readonly replacements: number;
  /** Windows learned here since the version was made or activated. */
  readonly learnedSinceVersion: number;
  /** Scores since the version was made or activated. */
  readonly sinceVersion: ConfusionMatrix;

  score(truth: string, predicted: string): void;
  learn(features: Float64Array, label: string): void;
  /** Learns a window with a label that nobody gave it, if the classifier can. @returns whether it has. */
  learnInferred(features: Float64Array, label: string, trust: number): boolean;
  /** A drift begins: the version that answers now is the last good one. */
  driftBegins(): void;
  /** Makes a version of the model as it is now, or has it made. */
  makeVersion(cause: VersionCause, at: VersionPoint, outputs: Outputs): void;
  /** To be called after a window was learned: makes a version when enough were. */
  makeVersionIfDue(at: VersionPoint, outputs: Outputs): void;
  /** Tells of something in `models`. */
  tell(event: ModelEvent, outputs: Outputs): void;
  /** The model as it answers now, in the form of a version's state file. */
  state(): Uint8Array;
}
