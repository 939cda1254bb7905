import { deviceKey } from '@hark/contracts';
import { StateReader, StateWriter } from '@hark/streaming';
import { WATCHED_SIGNALS, type Alarm, type WatchedSignal } from './alarm.js';
import type { DriftReport } from './episode.js';
import { Episodes } from './episodes.js';
import { EVERYONE, namesOf } from './place.js';
import { DEFAULT_DRIFT_DETECTOR, driftDetectorByName } from './registry.js';
import { WatchedAnswers, type WatchedFeature } from './watched-answers.js';
import { WatchedErrors } from './watched-errors.js';

/** Windows over which the recent error is taken. */
const RECENT_SPAN = 100;

/** Windows over which the error is told before a turn, and from which on that was: it is sure within some dozen. */
const TURN_BEFORE = 256;
const TURN_SINCE = 40;

const ANSWERS_FORMAT = 'hark.watched-answers';
const ANSWERS_VERSION = 1;

const NOTHING: readonly never[] = [];

export interface DriftWatchOptions {
  /** What is watched; all of it unless said otherwise, nothing when empty. */
  readonly signals?: readonly WatchedSignal[];
  /** How the error of all windows together is watched; users and devices have a CUSUM each in any case. */
  readonly detector?: string;
  /** The features watched without labels; at most 16, none by default. */
  readonly features?: readonly WatchedFeature[];
}

/**
 * Watches windows for drift: their error where labels come; without labels confidence and the means of features;
 * overall, by user and by device. What is seen at once in several of these ways is one episode.
 *
 * @see docs/drift.md for what it does, and what that was measured on.
 */
export class DriftWatch {
  private readonly errors: WatchedErrors;
  private readonly answers: WatchedAnswers;
  private readonly watchesErrors: boolean;
  private readonly episodesHeld = new Episodes();
  /** Calls so far. */
  private window = 0;

  /** @throws UnknownDriftDetectorError, RangeError when there are too many features. */
  constructor(options: DriftWatchOptions = {}) {
    const { signals = WATCHED_SIGNALS, detector = DEFAULT_DRIFT_DETECTOR, features = [] } = options;
    this.watchesErrors = signals.includes('error');
    this.errors = new WatchedErrors(driftDetectorByName(detector).create());
    this.answers = new WatchedAnswers({
      confidence: signals.includes('confidence'),
      features: signals.includes('features') ? features : [],
    });
  }

  /** The gravest stage of the open episodes. */
  get stage(): Episodes['stage'] {
    return this.episodesHeld.stage;
  }

  /** Episodes so far, the open ones included. */
  get episodes(): number {
    return this.episodesHeld.number;
  }

  /** Mean error of the last 100 labelled windows. */
  get recentError(): number {
    return this.errors.recentError(RECENT_SPAN);
  }

  /**
   * A window whose label is known, before it is learned.
   *
   * @param klass the true one.
   * @param answer where it is watched as windows without labels are, too.
   * @returns the stages reached with this window, in order; most often none.
   */
  add(
    user: string,
    device: string,
    klass: string,
    error: boolean,
    answer: { readonly confidence: number; readonly features: Float64Array } | null = null,
  ): readonly DriftReport[] {
    this.window++;
    const { window, episodesHeld: episodes } = this;
    const place = deviceKey({ user, device });
    const ofErrors = this.errors.add(window, { device: place, klass, error: error ? 1 : 0 });
    const alarms = this.watchesErrors ? ofErrors : [];
    const watched = answer !== null && this.answers.watching;
    if (watched) alarms.push(...this.answers.add(window, place, klass, answer.confidence, answer.features));
    if (alarms.length === 0 && episodes.calm) return NOTHING;
    const recovered = [
      ...(this.watchesErrors ? episodes.passLabelled(place, error) : []),
      ...(watched ? episodes.passUnlabelled(place) : []),
    ];
    return [...recovered, ...alarms.flatMap((alarm) => episodes.take(alarm, window))];
  }

  /**
   * A window that was answered and has no label, or none yet.
   *
   * @param klass the answer.
   * @param confidence its probability, 0 to 1.
   * @param features of the window; those watched are read. A window with one that is not finite is left out.
   * @returns the stages reached with this window, in order; most often none.
   */
  addUnlabelled(
    user: string,
    device: string,
    klass: string,
    confidence: number,
    features: Float64Array,
  ): readonly DriftReport[] {
    if (!this.answers.watching) return NOTHING;
    this.window++;
    const place = deviceKey({ user, device });
    const alarms = this.answers.add(this.window, place, klass, confidence, features);
    if (alarms.length === 0 && this.episodesHeld.calm) return NOTHING;
    const recovered = this.episodesHeld.passUnlabelled(place);
    return [...recovered, ...alarms.flatMap((alarm) => this.episodesHeld.take(alarm, this.window))];
  }

  /**
   * A device was found to be turned over, or all of them: to be called after {@link add} of the same window.
   *
   * @param device null: all devices.
   * @param after the error after it was turned and before that was noticed.
   * @returns the stages reached with this window, in order.
   */
  turned(user: string, device: string | null, after: number): readonly DriftReport[] {
    if (!this.watchesErrors) return NOTHING;
    const place = device === null ? EVERYONE : deviceKey({ user, device });
    const before = this.errors.recentError(TURN_BEFORE);
    const finding = { before, after, scope: { ...namesOf(place), classes: [], features: [] } };
    const alarm: Alarm = {
      ...{ signal: 'orientation', severity: 'drift', place, detector: 'TURN', parts: [] },
      evidence: { statistic: 1, threshold: 1, before, after, since: TURN_SINCE },
      began: this.window - TURN_SINCE,
      at: () => finding,
    };
    return this.episodesHeld.take(alarm, this.window);
  }

  write(state: StateWriter): void {
    state.f64(this.window);
    this.errors.write(state);
    const answers = new StateWriter(ANSWERS_FORMAT, ANSWERS_VERSION);
    this.answers.write(answers);
    state.string(this.answers.signals).bytes(answers.finish());
    this.episodesHeld.write(state);
  }

  /** What is watched in another way than when it was written begins anew. @throws StateFormatError */
  read(state: StateReader): void {
    this.window = state.f64();
    this.errors.read(state);
    const signals = state.string();
    const answers = state.bytes();
    if (signals === this.answers.signals) {
      this.answers.read(new StateReader(answers, ANSWERS_FORMAT, ANSWERS_VERSION));
    }
    this.episodesHeld.read(state);
  }
}
