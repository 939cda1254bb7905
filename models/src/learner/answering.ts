import { deviceKey, type PredictionReason, type PredictionState, type WindowRecord } from '@hark/contracts';
import {
  StateFormatError,
  type ArtifactStore,
  type Outputs,
  type StateReader,
  type StateWriter,
} from '@hark/streaming';
import type { TurnFinding } from '../personal/device-turns.js';
import { UserAdaptation } from '../personal/user-adaptation.js';
import { mostProbable } from '../scores/most-probable.js';
import { ActivityFilter } from '../sequence/activity-filter.js';
import { sharedAnswer, type Answer, type SharedAnswer } from './answer.js';
import type { LearnerOptions } from './learner-options.js';
import type { Line } from './line.js';
import { UserShelf } from './user-shelf.js';

const NO_PROBABILITIES = new Float64Array(0);
const USERS_AT_HAND = 256;
const CONFIDENCE_THRESHOLD = 0.4;

/**
 * Answers windows: the shared model is shown the window as its device would see it had it not been turned over; what
 * it says is corrected for the user; and what the device was doing before counts. The shared model belongs to a
 * version; what is known of users and devices does not, and stays when another version answers.
 */
export class Answering {
  private readonly adaptation: UserAdaptation | null;
  private readonly shelf: UserShelf | null;
  private readonly filter: ActivityFilter | null;
  private readonly threshold: number;
  /** How often the model had been replaced when the filter last heard of it. */
  private replacements = 0;

  constructor(
    options: LearnerOptions,
    private readonly line: Line,
    artifacts: Pick<ArtifactStore, 'read'>,
    digest: (bytes: Uint8Array) => string,
    folder = 'users',
  ) {
    const { adaptation = true, smoothing = true, featureNames, usersAtHand = USERS_AT_HAND } = options;
    this.adaptation = adaptation ? new UserAdaptation(featureNames) : null;
    this.shelf =
      this.adaptation === null
        ? null
        : new UserShelf(this.adaptation, artifacts, digest, usersAtHand, folder);
    this.filter = smoothing ? new ActivityFilter(line.current.inertia) : null;
    this.threshold = options.confidenceThreshold ?? CONFIDENCE_THRESHOLD;
  }

  /** Users whose adaptation is at hand, and put away. */
  get users(): { readonly atHand: number; readonly away: number } {
    return { atHand: this.adaptation?.users ?? 0, away: this.shelf?.size ?? 0 };
  }

  /**
   * Answers the next window of its device.
   *
   * - Unknown for want of data where the vector says nothing: the windower leaves it empty for too few samples.
   * - Cold where nothing has been learned.
   * - Unknown where the motion is unlike any learned, or no probability reaches the threshold.
   */
  answer(window: WindowRecord, outputs: Outputs): Answer {
    const { line } = this;
    const { classifier, familiarity } = line.current;
    const { classes } = classifier;
    if (!this.isUsable(window.features)) return this.nothing('unknown', 'no_data');
    this.shelf?.bringBack(window.user, outputs);
    const shown = this.show(window);
    const ofAll = classifier.predict(shown);
    if (ofAll.length === 0) return this.nothing('cold', 'model_cold');
    const shared = sharedAnswer(classes, ofAll);
    const adapted = this.adaptation?.adapt(window.user, shown, classes, ofAll) ?? ofAll;
    const isNew = familiarity.isNew(shown);
    // A motion that is none of the activities is no evidence for any of them.
    if (isNew) this.filter?.skip();
    const probabilities = isNew ? adapted : this.smooth(window, adapted);
    const best = mostProbable(probabilities);
    const confidence = probabilities[best];
    const reason = isNew ? 'out_of_distribution' : confidence < this.threshold ? 'low_confidence' : null;
    return {
      state: reason === null ? 'ok' : 'unknown',
      reason,
      activity: reason === null ? classes[best] : 'unknown',
      confidence,
      classes,
      probabilities,
      modelVersion: line.version,
      shared,
    };
  }

  /** The most probable class of a window by what is known now, whatever its device did before; null before the first. */
  reconsider(window: WindowRecord, outputs: Outputs): string | null {
    this.shelf?.bringBack(window.user, outputs);
    const { classifier } = this.line;
    const shown = this.show(window);
    const shared = classifier.predict(shown);
    if (shared.length === 0) return null;
    const adapted = this.adaptation?.adapt(window.user, shown, classifier.classes, shared) ?? shared;
    return classifier.classes[mostProbable(adapted)];
  }

  /** What the shared model alone says; null before the first class. */
  sharedAnswer(window: WindowRecord, outputs: Outputs): SharedAnswer | null {
    this.shelf?.bringBack(window.user, outputs);
    const { classifier } = this.line;
    const shared = classifier.predict(this.show(window));
    return shared.length === 0 ? null : sharedAnswer(classifier.classes, shared);
  }

  /** The true class of the window answered last, which came with it. */
  observe(label: string): void {
    const target = this.line.classifier.classes.indexOf(label);
    if (target >= 0) this.filter?.observe(target);
  }

  /**
   * Learns what a label says of its user and device; before the shared model learns it.
   * @returns the window as the shared model is to learn it, valid until the next call; and whether it made sure that the
   * device, or with it all, was turned over.
   */
  learn(
    window: Pick<WindowRecord, 'user' | 'device' | 'features'>,
    label: string,
    outputs: Outputs,
  ): { readonly shown: Float64Array; readonly turned: TurnFinding | null } {
    const { adaptation, shelf } = this;
    if (adaptation === null) return { shown: window.features, turned: null };
    shelf?.bringBack(window.user, outputs);
    const shown = adaptation.learn(window, window.features, label, this.line.classifier);
    shelf?.putQuietAway(outputs);
    return { shown, turned: adaptation.turnFinding };
  }

  /** A window as the shared model is to see it; valid until the next call. */
  show(window: Pick<WindowRecord, 'user' | 'device' | 'features'>): Float64Array {
    return this.adaptation?.show(window, window.features) ?? window.features;
  }

  write(state: StateWriter): void {
    state
      .bool(this.adaptation !== null)
      .bool(this.filter !== null)
      .f64(this.replacements);
    this.adaptation?.write(state);
    this.shelf?.write(state);
    this.filter?.write(state);
  }

  /** Call when the model has been read. @throws StateFormatError also when it was written with other options. */
  read(state: StateReader): void {
    const [adapts, smooths] = [state.bool(), state.bool()];
    if (adapts !== (this.adaptation !== null) || smooths !== (this.filter !== null)) {
      throw new StateFormatError('stored with other settings of adaptation and smoothing');
    }
    this.replacements = state.f64();
    this.adaptation?.read(state);
    this.shelf?.read(state);
    if (this.filter === null) return;
    this.filter.inertia = this.line.current.inertia;
    this.filter.read(state);
  }

  private nothing(state: PredictionState, reason: PredictionReason): Answer {
    const { classifier, version: modelVersion } = this.line;
    const { classes } = classifier;
    const probabilities = NO_PROBABILITIES;
    return {
      state,
      reason,
      activity: 'unknown',
      confidence: 0,
      classes,
      probabilities,
      modelVersion,
      shared: null,
    };
  }

  private smooth(window: WindowRecord, probabilities: Float64Array): Float64Array {
    const { filter, line } = this;
    if (filter === null) return probabilities;
    const { inertia } = line.current;
    if (this.replacements !== line.replacements) {
      this.replacements = line.replacements;
      filter.modelReplaced(inertia);
    }
    filter.inertia = inertia;
    const { startMs, sizeMs, final } = window;
    return filter.posterior(deviceKey(window), startMs, sizeMs, final, probabilities);
  }

  private isUsable(features: Float64Array): boolean {
    const { dimensions } = this.line.classifier;
    if (features.length !== dimensions) return false;
    // Only a finite number minus itself is 0.
    for (let i = 0; i < dimensions; i++) if (features[i] - features[i] !== 0) return false;
    return true;
  }
}
