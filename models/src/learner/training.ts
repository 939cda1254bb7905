import { TOPICS, deviceKey, toIsoTime, type Alert, type DeviceId, type WindowRecord } from '@hark/contracts';
import { StateFormatError, type Outputs, type StateReader, type StateWriter } from '@hark/streaming';
import { isBoostable } from '../classifiers/boostable.js';
import { DriftWatch } from '../drift/drift-watch.js';
import type { DriftReport } from '../drift/episode.js';
import { LabelDisagreement, SURE_CONFIDENCE } from '../labels/label-disagreement.js';
import { LabelInterpolation } from '../labels/label-interpolation.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { mostProbable } from '../scores/most-probable.js';
import { Prequential } from '../scores/prequential.js';
import type { SharedAnswer } from './answer.js';
import type { Answering } from './answering.js';
import { CHALLENGE_RULES, Challengers, type Challenge } from './challengers.js';
import { challengerAlert } from './challenger-alert.js';
import { driftAlert } from './drift-alert.js';
import { labelsAlert } from './labels-alert.js';
import type { LearnerOptions } from './learner-options.js';
import type { Line, VersionPoint } from './line.js';
import type { Refusal } from './model-line.js';
import { canLearn, type ModelCodec, type ModelState } from './model-state.js';

/** Windows that count as recent in the sliding scores. */
const RECENT_SPAN = 500;
/** Added to the covariance on drift: after phones were turned over, 0.88 instead of 0.84 of 250 windows were right. */
const BOOST = 0.5;

const utf8 = new TextEncoder();

/** A window whose activity is known, as it is learned. */
export interface Example extends DeviceId {
  readonly startMs: number;
  readonly sizeMs: number;
  readonly features: Float64Array;
  readonly label: string;
  /** The class that was most probable when the window was answered; null where nothing had been learned. */
  readonly answered: string | null;
  /** What the shared model alone says, before it learns the window. */
  readonly shared: SharedAnswer | null;
  /** Of the answer; null where the window has been passed on as unlabelled before. */
  readonly confidence: number | null;
}

/** A line of versions in which challengers stand, too. */
export interface ChallengerLine {
  /** @returns the version's number. */
  makeChallengerVersion(model: ModelState, at: VersionPoint, outputs: Outputs): number;
  /** @returns why not, with nothing changed; null when done. */
  promote(to: number): Refusal | null;
}

/** Drift episodes whose beginning is remembered. */
const MOST_EPISODES = 64;
/** Read off the device's axes: what is watched for drift where no labels come. */
const WATCHED_FEATURES = /^gravity_[xyz]$/;

/**
 * What happens with a window once its activity is known: its answer is scored, the challengers are compared on it,
 * and, while learning is on, the model learns it; drift is looked for in the errors, and versions are made.
 */
export class Training {
  learning: boolean;
  scores = new Prequential(RECENT_SPAN);
  nonOverlapping = new ConfusionMatrix();
  readonly challengers: Challengers;
  readonly watch: DriftWatch;
  /** Windows labelled with a class beyond those that a classifier keeps. */
  refused = 0;
  /** Windows learned with a label that nobody gave them. */
  inferred = 0;
  private readonly interpolation: LabelInterpolation | null;
  private readonly disagreement = new LabelDisagreement();
  /** The version that answered when an episode was first told of, oldest first. */
  private readonly lastGood = new Map<number, number>();

  constructor(
    private readonly options: LearnerOptions,
    private readonly line: Line,
    /** Null where there are no challengers. */
    private readonly challengerLine: ChallengerLine | null,
    private readonly answering: Answering,
    /** Where the stream stands. */
    private readonly at: () => VersionPoint,
    /** Stands before the numbers of episodes in alerts. */
    private readonly episodes = '',
  ) {
    this.learning = options.learning ?? true;
    this.challengers = new Challengers(options.challengers ?? [], {
      featureNames: options.featureNames,
      seed: options.seed ?? 1,
      rules: options.challengeRules ?? CHALLENGE_RULES,
    });
    const features = options.featureNames.flatMap((name, index) =>
      WATCHED_FEATURES.test(name) ? [{ name, index }] : [],
    );
    this.watch = new DriftWatch({ ...options.drift, features });
    this.interpolation = (options.interpolation ?? true) ? new LabelInterpolation() : null;
  }

  /** @returns whether the model has learned it. */
  take(example: Example, outputs: Outputs): boolean {
    const { features, label, answered, shared, confidence, user, device } = example;
    if (!canLearn(this.line.classifier, label)) {
      this.refused++;
      return false;
    }
    if (answered !== null) this.score(example, answered);
    // Whether the shared model is right: what adapts to a user or remembers hides a drift for a while.
    const seen = confidence === null ? null : { confidence, features };
    const reports =
      shared === null ? [] : [...this.watch.add(user, device, label, shared.activity !== label, seen)];
    if (shared !== null) this.checkLabel(example, shared, outputs);
    const challenges = this.compare(example, label);
    if (this.learning) {
      const { shown, turned } = this.answering.learn(example, label, outputs);
      this.line.learn(shown, label);
      this.challengers.learn(shown, label);
      if (turned !== null) {
        reports.push(...this.watch.turned(user, turned.of === 'all' ? null : device, turned.error));
      }
    }
    this.tellDrifts(reports, outputs);
    for (const challenge of challenges) this.tellChallenge(challenge, outputs);
    this.line.makeVersionIfDue(this.at(), outputs);
    return this.learning;
  }

  /** A final window in the order of its device, after it was answered and, if labelled, taken. */
  pass(window: WindowRecord): void {
    if (this.interpolation === null || !this.learning) return;
    const { user, device, startMs, sizeMs, features, label } = window;
    for (const inferred of this.interpolation.take(deviceKey(window), startMs, sizeMs, features, label)) {
      const shown = this.answering.show({ user, device, features: inferred.features });
      if (this.line.learnInferred(shown, inferred.label, inferred.trust)) this.inferred++;
      this.challengers.learnInferred(shown, inferred.label, inferred.trust);
    }
  }

  /** A final window without a label, as it was answered. */
  passUnlabelled(window: WindowRecord, answered: string, confidence: number, outputs: Outputs): void {
    const { user, device, features } = window;
    this.tellDrifts(this.watch.addUnlabelled(user, device, answered, confidence, features), outputs);
  }

  /** Another model answers from now on. */
  modelReplaced(before: ModelState): void {
    this.challengers.modelReplaced(this.line.classifier, before);
  }

  write(state: StateWriter, featureSchema: string): void {
    state.bool(this.learning).f64(this.refused).f64(this.inferred).u32(this.lastGood.size);
    for (const [episode, version] of this.lastGood) state.f64(episode).f64(version);
    state.bool(this.interpolation !== null);
    this.interpolation?.write(state);
    this.scores.write(state);
    this.nonOverlapping.write(state);
    this.challengers.write(state, featureSchema);
    this.watch.write(state);
    this.disagreement.write(state);
  }

  read(state: StateReader, codec: ModelCodec): void {
    this.learning = state.bool();
    this.refused = state.f64();
    this.inferred = state.f64();
    const episodes = state.u32();
    if (episodes > MOST_EPISODES) throw new StateFormatError(`${episodes} open episodes`);
    this.lastGood.clear();
    for (let i = 0; i < episodes; i++) this.lastGood.set(state.f64(), state.f64());
    if (state.bool() !== (this.interpolation !== null)) {
      throw new StateFormatError('stored with another setting of interpolation');
    }
    this.interpolation?.read(state);
    this.scores = Prequential.read(state);
    this.nonOverlapping = ConfusionMatrix.read(state);
    this.challengers.read(state, codec);
    this.watch.read(state);
    this.disagreement.read(state);
  }

  private score(example: Example, answered: string): void {
    const { label, startMs, sizeMs } = example;
    this.scores.add(label, answered, deviceKey(example));
    this.line.score(label, answered);
    if (startMs % sizeMs === 0) this.nonOverlapping.add(label, answered);
  }

  /** Tells where a device's labels are time and again not what the model of everybody is sure of. */
  private checkLabel(example: Example, { activity, confidence }: SharedAnswer, outputs: Outputs): void {
    const contradicted = activity !== example.label && confidence >= SURE_CONFIDENCE;
    const found = this.disagreement.add(deviceKey(example), contradicted);
    if (found !== null) tell(labelsAlert(example, found, this.episodes, this.time()), outputs);
  }

  /** Challengers and the current classifier, each asked alone about the window as devices are seen to lie. */
  private compare(example: Example, label: string): readonly Challenge[] {
    if (this.challengers.names.length === 0) return [];
    const shown = this.answering.show(example);
    const { classifier } = this.line;
    const probabilities = classifier.predict(shown);
    const isRight = probabilities.length > 0 && classifier.classes[mostProbable(probabilities)] === label;
    return this.challengers.score(shown, label, isRight);
  }

  private tellDrifts(reports: readonly DriftReport[], outputs: Outputs): void {
    for (const report of reports) this.tellDrift(report, outputs);
  }

  private tellDrift(report: DriftReport, outputs: Outputs): void {
    const { line, lastGood } = this;
    const { episode, stage } = report;
    if (!lastGood.has(episode)) {
      lastGood.set(episode, line.version);
      line.driftBegins();
      if (lastGood.size > MOST_EPISODES) {
        for (const oldest of lastGood.keys()) {
          lastGood.delete(oldest);
          break;
        }
      }
    }
    const lastGoodVersion = this.options.versions === false ? null : (lastGood.get(episode) ?? null);
    const at = { time: this.time(), modelVersion: line.version, lastGoodVersion };
    tell(driftAlert(report, this.episodes, at), outputs);
    if (stage === 'recovered') lastGood.delete(episode);
    if (stage !== 'drift' || !this.learning) return;
    line.makeVersion('drift', this.at(), outputs);
    if (this.options.onDrift !== 'none' && isShared(report) && isBoostable(line.classifier)) {
      line.classifier.boost(BOOST);
    }
  }

  private tellChallenge({ score, model, isNew }: Challenge, outputs: Outputs): void {
    const { challengerLine } = this;
    if (challengerLine === null) return;
    const { version: currentVersion, current: before } = this.line;
    const version = challengerLine.makeChallengerVersion(model, this.at(), outputs);
    this.challengers.propose(score.challenger, version);
    const promoted =
      this.options.onBetterChallenger === 'promote' && challengerLine.promote(version) === null;
    if (promoted) {
      this.modelReplaced(before);
      this.line.tell(
        {
          ...{
            kind: 'activated',
            by: 'promotion',
            from: currentVersion,
            to: version,
            learning: this.learning,
          },
          ...{ reason: null, logPosition: this.at().logPosition, command: null },
        },
        outputs,
      );
    }
    if (isNew)
      tell(challengerAlert(score, { time: this.time(), version, currentVersion, promoted }), outputs);
  }

  /** Event time of the last window; a window has been seen by the time anything is told. */
  private time(): string {
    return this.at().time ?? toIsoTime(0);
  }
}

/** One device's trouble is for its user's adaptation, a turn has been answered: only the rest is the shared model's. */
function isShared({ signal, scope }: DriftReport): boolean {
  return signal === 'error' && scope.devices.length !== 1;
}

function tell(alert: Alert<unknown>, outputs: Outputs): void {
  outputs.emit(TOPICS.alerts, '', utf8.encode(JSON.stringify(alert)));
}
