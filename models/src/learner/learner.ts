import {
  MAX_ACTIVITIES,
  TOPICS,
  decodeWindowRecord,
  deviceKey,
  toIsoTime,
  type VersionCause,
  type WindowRecord,
} from '@hark/contracts';
import {
  StateReader,
  StateWriter,
  type ArtifactStore,
  type LogRecord,
  type Outputs,
  type Processor,
} from '@hark/streaming';
import { isBoostable } from '../classifiers/boostable.js';
import { ErrorWatch, type DriftReport } from '../drift/error-watch.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { mostProbable } from '../scores/most-probable.js';
import { Prequential } from '../scores/prequential.js';
import { answerOf, type Answer } from './answer.js';
import { parseCommand } from './command-json.js';
import { driftAlert } from './drift-alert.js';
import { FeatureSchemaError, type LearnerOptions } from './learner-options.js';
import type { LearnerStatus } from './learner-status.js';
import { ModelLine } from './model-line.js';
import { predictionJson } from './prediction-json.js';

const FORMAT = 'hark.learner';
const FORMAT_VERSION = 1;

/** Windows that count as recent in the sliding scores. */
const RECENT_SPAN = 500;
/** Added to the covariance on drift: after phones were turned over, 0.88 instead of 0.84 of 250 windows were right. */
const BOOST = 0.5;

const utf8 = new TextEncoder();

/**
 * Predicts, then learns: reads `windows` and `commands`, writes `predictions`, `models`, `alerts` and the versions'
 * files. Pure: a function of the records, in their order.
 *
 * - An early window is predicted. A final one is predicted, scored and, if labelled and learning is on, learned, in
 *   that order: each window id gets exactly one final prediction, made before its label was seen.
 * - A version is an immutable picture of the model. The first is made at the first record, further ones by count, on
 *   drift and on request. A prediction names the version from which the answering model has gone on.
 * - A rollback takes effect at its record: the next window is answered by the version asked for.
 */
export class Learner implements Processor {
  private readonly line: ModelLine;
  private learning: boolean;
  /** Offset after the last record of `windows`. */
  private position = 0;
  /** Event time of the last final window's end in milliseconds; NaN before the first. */
  private eventMs = NaN;
  private seen = 0;
  private final = 0;
  private labelled = 0;
  private refused = 0;
  private scores = new Prequential(RECENT_SPAN);
  private nonOverlapping = new ConfusionMatrix();
  private readonly watch = new ErrorWatch();
  /** The last drift episode told of, and the version that answered when it began. */
  private episode = 0;
  private lastGood = 0;

  /**
   * @param world `artifacts` finds versions made earlier; `digest` is the SHA-256 of bytes in hex.
   * @throws FeatureSchemaError, StateFormatError when `startFrom` does not fit.
   */
  constructor(
    private readonly options: LearnerOptions,
    world: {
      readonly artifacts: Pick<ArtifactStore, 'read'>;
      readonly digest: (bytes: Uint8Array) => string;
    },
  ) {
    this.line = new ModelLine(options, world.artifacts, world.digest);
    this.learning = options.learning ?? true;
  }

  /**
   * @throws FeatureSchemaError when a window's features are not those this learner was made for.
   * @throws RecordFormatError when a record of `windows` is not one.
   */
  process(topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    if (topic === TOPICS.windows) {
      const window = decodeWindowRecord(record.value);
      if (window.featureSchema !== this.options.featureSchema) {
        throw new FeatureSchemaError(window.featureSchema, this.options.featureSchema);
      }
      this.position = record.offset;
      this.begin(outputs);
      this.position = record.offset + 1;
      this.takeWindow(window, outputs);
    } else if (topic === TOPICS.commands) {
      this.begin(outputs);
      this.takeCommand(record, outputs);
    } else {
      throw new RangeError(`the learner does not read ${topic}`);
    }
  }

  status(): LearnerStatus {
    const { line, scores, watch } = this;
    return {
      version: line.version,
      learning: this.learning,
      classifier: line.classifier.name,
      featureSchema: this.options.featureSchema,
      classes: [...line.classifier.classes],
      windows: {
        seen: this.seen,
        final: this.final,
        labelled: this.labelled,
        learned: line.classifier.learned,
        refused: this.refused,
      },
      scores: {
        overall: scores.summary(),
        recent: scores.sliding.summary(),
        nonOverlapping: this.nonOverlapping.summary(),
        sinceVersion: line.sinceVersion.summary(),
        kappaTemporal: scores.kappaTemporal,
      },
      drift: { stage: watch.stage, episodes: watch.episodes, recentError: watch.recentError },
    };
  }

  /** The model as it answers now, in the form of a version's state file. */
  modelState(): Uint8Array {
    return this.line.state();
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION);
    this.line.write(state);
    state.bool(this.learning).f64(this.position).f64(this.eventMs);
    state.f64(this.seen).f64(this.final).f64(this.labelled).f64(this.refused);
    state.f64(this.episode).f64(this.lastGood);
    this.scores.write(state);
    this.nonOverlapping.write(state);
    this.watch.write(state);
    return state.finish();
  }

  /** @throws StateFormatError, or FeatureSchemaError when it was learned on other features. */
  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.line.read(state);
    this.learning = state.bool();
    this.position = state.f64();
    this.eventMs = state.f64();
    this.seen = state.f64();
    this.final = state.f64();
    this.labelled = state.f64();
    this.refused = state.f64();
    this.episode = state.f64();
    this.lastGood = state.f64();
    this.scores = Prequential.read(state);
    this.nonOverlapping = ConfusionMatrix.read(state);
    this.watch.read(state);
    state.finish();
  }

  /** Every record is answered by some version: the first of all finds none yet. */
  private begin(outputs: Outputs): void {
    if (this.line.version === 0) this.makeVersion('start', outputs);
  }

  private takeWindow(window: WindowRecord, outputs: Outputs): void {
    this.seen++;
    if (!window.final && outputs.suppressed) return;
    const { classifier, version } = this.line;
    const answer = answerOf(classifier, version, window.features, this.options.confidenceThreshold ?? 0.4);
    if (!outputs.suppressed) {
      outputs.emit(TOPICS.predictions, deviceKey(window), utf8.encode(predictionJson(window, answer)));
    }
    if (!window.final) return;
    this.final++;
    this.eventMs = window.startMs + window.sizeMs;
    if (window.label === null) return;
    this.labelled++;
    if (answer.reason !== 'no_data') this.takeLabel(window, window.label, answer, outputs);
  }

  private takeLabel(window: WindowRecord, label: string, answer: Answer, outputs: Outputs): void {
    const { classes } = this.line.classifier;
    if (classes.length === MAX_ACTIVITIES && !classes.includes(label)) {
      this.refused++;
      return;
    }
    const reports = answer.state === 'cold' ? [] : this.score(window, label, answer);
    if (this.learning) this.line.learn(window.features, label);
    for (const report of reports) this.tellDrift(report, outputs);
    if (this.line.learnedSinceVersion >= (this.options.versionEvery ?? 1000))
      this.makeVersion('count', outputs);
  }

  /** Scores the most probable class, also where confidence was too low to say it aloud. */
  private score(window: WindowRecord, truth: string, answer: Answer): readonly DriftReport[] {
    const predicted = answer.classes[mostProbable(answer.probabilities)];
    this.scores.add(truth, predicted, deviceKey(window));
    this.line.score(truth, predicted);
    if (window.startMs % window.sizeMs === 0) this.nonOverlapping.add(truth, predicted);
    return this.watch.add(window.user, window.device, truth, predicted !== truth);
  }

  private tellDrift(report: DriftReport, outputs: Outputs): void {
    if (report.episode !== this.episode) {
      this.episode = report.episode;
      this.lastGood = this.line.version;
    }
    const alert = driftAlert(report, {
      time: toIsoTime(this.eventMs),
      modelVersion: this.line.version,
      lastGoodVersion: this.options.versions === false ? null : this.lastGood,
    });
    outputs.emit(TOPICS.alerts, '', utf8.encode(JSON.stringify(alert)));
    if (report.stage !== 'drift' || !this.learning) return;
    this.makeVersion('drift', outputs);
    const { classifier } = this.line;
    if (this.options.onDrift !== 'none' && isBoostable(classifier)) classifier.boost(BOOST);
  }

  private takeCommand({ value, offset: command }: LogRecord, outputs: Outputs): void {
    const asked = parseCommand(value);
    const { line, position: logPosition } = this;
    if (asked === null) {
      line.tell({ kind: 'refused', code: 'malformed_command', message: 'not a command', command }, outputs);
    } else if (asked.kind === 'snapshot') {
      this.makeVersion('request', outputs, command);
    } else if (asked.kind === 'learning') {
      this.learning = asked.enabled;
      line.tell({ kind: 'learning', enabled: asked.enabled, logPosition, command }, outputs);
    } else {
      const { to, reason } = asked;
      const from = line.version;
      const refusal = line.rollBack(to);
      if (refusal !== null) return line.tell({ kind: 'refused', ...refusal, command }, outputs);
      this.learning = asked.learning === 'continue';
      const { learning } = this;
      line.tell({ kind: 'activated', from, to, learning, reason, logPosition, command }, outputs);
    }
  }

  private makeVersion(cause: VersionCause, outputs: Outputs, command?: number): void {
    const time = Number.isNaN(this.eventMs) ? null : toIsoTime(this.eventMs);
    this.line.makeVersion(cause, { logPosition: this.position, time }, outputs, command);
  }
}
