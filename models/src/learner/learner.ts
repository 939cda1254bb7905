import {
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
import type { LabelRange } from '../labels/label-range.js';
import { mostProbableClass, type Answer } from './answer.js';
import { Answering } from './answering.js';
import { parseCommand } from './command-json.js';
import { FeatureSchemaError, type LearnerOptions } from './learner-options.js';
import { LateLabelling } from './late-labelling.js';
import type { LearnerStatus } from './learner-status.js';
import { ModelLine, type VersionPoint } from './model-line.js';
import type { ModelCodec } from './model-state.js';
import { predictionJson } from './prediction-json.js';
import { Training } from './training.js';

const FORMAT = 'hark.learner';
const FORMAT_VERSION = 3;

const utf8 = new TextEncoder();

/** What of the world a learner needs. */
export interface LearnerWorld {
  /** Finds versions made earlier. */
  readonly artifacts: Pick<ArtifactStore, 'read'>;
  /** SHA-256 of bytes, in hex. */
  readonly digest: (bytes: Uint8Array) => string;
  /** A record of `windows` that the learner has taken, or null when it is gone; needed where labels may come late. */
  readonly windowAt?: (offset: number) => Uint8Array | null;
}

/**
 * Predicts, then learns: reads `windows`, `labels` and `commands`, writes `predictions`, `models`, `alerts` and the
 * versions' files. Pure: a function of the records, in their order.
 *
 * - An early window is predicted. A final one is predicted, scored and, if labelled and learning is on, learned, in
 *   that order: each window id gets exactly one final prediction, made before its label was seen.
 * - A label that comes later is learned when it comes, by the windows of its stretch that wait for one.
 * - A version is an immutable picture of the model. The first is made at the first record, further ones by count, by
 *   time, on drift and on request. A prediction names the version from which the answering model has gone on.
 * - A rollback takes effect at its record: the next window is answered by the version asked for.
 */
export class Learner implements Processor {
  private readonly codec: ModelCodec;
  private readonly line: ModelLine;
  private readonly answering: Answering;
  private readonly training: Training;
  private readonly labelling: LateLabelling;
  /** Offset after the last record of `windows`. */
  private position = 0;
  /** Event time of the last final window's end in milliseconds; NaN before the first. */
  private eventMs = NaN;
  /** Arrival of the window at which the last version was made, milliseconds since 1970. */
  private versionMs = 0;
  private seen = 0;
  private final = 0;
  private labelled = 0;

  /** @throws FeatureSchemaError, StateFormatError when `startFrom` does not fit. */
  constructor(
    private readonly options: LearnerOptions,
    private readonly world: LearnerWorld,
  ) {
    const named = [options.classifier, ...(options.challengers ?? [])];
    this.codec = {
      featureSchema: options.featureSchema,
      featureNames: options.featureNames,
      classifiers: options.classifiers ?? ((name) => named.find((factory) => factory.name === name) ?? null),
    };
    this.line = new ModelLine(options, this.codec, world.artifacts, world.digest);
    this.answering = new Answering(options, this.line, world.artifacts, world.digest);
    this.training = new Training(options, this.line, this.answering, () => this.point());
    const horizonMs = options.labelHorizonMs ?? 0;
    const recall = (offset: number) => this.recall(offset);
    this.labelling = new LateLabelling(horizonMs, this.line, this.training, this.answering, recall);
  }

  /**
   * @throws FeatureSchemaError when a window's features are not those this learner was made for.
   * @throws RecordFormatError when a record of `windows` is not one.
   */
  process(topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    if (topic === TOPICS.windows) {
      const window = this.decode(record.value);
      this.position = record.offset;
      this.begin(outputs);
      this.position = record.offset + 1;
      this.takeWindow(window, record.offset, outputs);
    } else if (topic === TOPICS.commands) {
      this.begin(outputs);
      this.takeCommand(record, outputs);
    } else if (topic === TOPICS.labels) {
      this.begin(outputs);
      this.labelling.takeRecord(record, outputs);
    } else {
      throw new RangeError(`the learner does not read ${topic}`);
    }
  }

  status(): LearnerStatus {
    const { line, training } = this;
    const { scores, watch } = training;
    return {
      version: line.version,
      learning: training.learning,
      classifier: line.classifier.name,
      featureSchema: this.options.featureSchema,
      classes: [...line.classifier.classes],
      windows: {
        seen: this.seen,
        final: this.final,
        labelled: this.labelled,
        learned: line.classifier.learned,
        inferred: training.inferred,
        refused: training.refused,
        waiting: this.labelling.waiting,
      },
      scores: {
        overall: scores.summary(),
        recent: scores.sliding.summary(),
        nonOverlapping: training.nonOverlapping.summary(),
        sinceVersion: line.sinceVersion.summary(),
        kappaTemporal: scores.kappaTemporal,
      },
      users: this.answering.users,
      challengers: training.challengers.scores(),
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
    this.answering.write(state);
    this.training.write(state, this.options.featureSchema);
    this.labelling.write(state);
    state.f64(this.position).f64(this.eventMs).f64(this.versionMs);
    state.f64(this.seen).f64(this.final).f64(this.labelled);
    return state.finish();
  }

  /** @throws StateFormatError, or FeatureSchemaError when it was learned on other features. */
  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.line.read(state);
    this.answering.read(state);
    this.training.read(state, this.codec);
    this.labelling.read(state);
    this.position = state.f64();
    this.eventMs = state.f64();
    this.versionMs = state.f64();
    this.seen = state.f64();
    this.final = state.f64();
    this.labelled = state.f64();
    state.finish();
  }

  private decode(value: Uint8Array): WindowRecord {
    const window = decodeWindowRecord(value);
    if (window.featureSchema === this.options.featureSchema) return window;
    throw new FeatureSchemaError(window.featureSchema, this.options.featureSchema);
  }

  /** A window taken earlier, or null when the log does not hold it any more. */
  private recall(offset: number): WindowRecord | null {
    const value = this.world.windowAt?.(offset) ?? null;
    return value === null ? null : this.decode(value);
  }

  /** Every record is answered by some version: the first of all finds none yet. */
  private begin(outputs: Outputs): void {
    if (this.line.version === 0) this.makeVersion('start', outputs);
  }

  private takeWindow(window: WindowRecord, offset: number, outputs: Outputs): void {
    this.seen++;
    const answer = this.answering.answer(window, outputs);
    const given = window.label === null && window.final ? this.labelling.labelOf(window) : null;
    const label = window.label ?? given?.activity ?? null;
    if (!outputs.suppressed) {
      const json = predictionJson(window, label, answer);
      outputs.emit(TOPICS.predictions, deviceKey(window), utf8.encode(json));
    }
    if (!window.final) return;
    this.final++;
    this.eventMs = window.startMs + window.sizeMs;
    if (label !== null) this.labelled++;
    if (answer.reason !== 'no_data') this.train(window, offset, given, answer, outputs);
    this.makeVersionInTime(window.receivedMs, outputs);
  }

  private train(
    window: WindowRecord,
    offset: number,
    given: LabelRange | null,
    answer: Answer,
    outputs: Outputs,
  ): void {
    const { training, labelling } = this;
    const { label } = window;
    const answered = mostProbableClass(answer);
    const { confidence, shared } = answer;
    if (label !== null) {
      if (training.learning) this.answering.observe(label);
      const { user, device, startMs, sizeMs, features } = window;
      // Written out: an object that begins with a spread is several times slower to make.
      training.take(
        { user, device, startMs, sizeMs, features, label, answered, shared, confidence },
        outputs,
      );
    } else {
      labelling.takeUnlabelled(window, offset, given, answered, outputs);
      if (answered !== null) training.passUnlabelled(window, answered, confidence, outputs);
    }
    training.pass(window);
  }

  private takeCommand({ value, offset: command }: LogRecord, outputs: Outputs): void {
    const asked = parseCommand(value);
    const { line, training, position: logPosition } = this;
    if (asked === null) {
      line.tell({ kind: 'refused', code: 'malformed_command', message: 'not a command', command }, outputs);
    } else if (asked.kind === 'snapshot') {
      this.makeVersion('request', outputs, command);
    } else if (asked.kind === 'forget') {
      this.labelling.forgetBefore(asked.windowsBefore);
    } else if (asked.kind === 'learning') {
      training.learning = asked.enabled;
      line.tell({ kind: 'learning', enabled: asked.enabled, logPosition, command }, outputs);
    } else {
      const { to } = asked;
      const from = line.version;
      const isRollback = asked.kind === 'rollback';
      const refusal = isRollback ? training.rollBack(to) : training.promote(to);
      if (refusal !== null) return line.tell({ kind: 'refused', ...refusal, command }, outputs);
      if (isRollback) training.learning = asked.learning === 'continue';
      const by = isRollback ? 'rollback' : 'promotion';
      const reason = isRollback ? asked.reason : null;
      const { learning } = training;
      line.tell({ kind: 'activated', by, from, to, learning, reason, logPosition, command }, outputs);
    }
  }

  private makeVersion(cause: VersionCause, outputs: Outputs, command?: number): void {
    this.line.makeVersion(cause, this.point(), outputs, command);
  }

  /** By the arrival of windows: the learner has no clock, and what it does must be the same when done again. */
  private makeVersionInTime(receivedMs: number, outputs: Outputs): void {
    const { versionEveryMs = 0 } = this.options;
    if (versionEveryMs === 0) return;
    if (this.versionMs === 0) this.versionMs = receivedMs;
    if (receivedMs - this.versionMs < versionEveryMs) return;
    this.versionMs = receivedMs;
    if (this.line.learnedSinceVersion > 0) this.makeVersion('time', outputs);
  }

  private point(): VersionPoint {
    const { position: logPosition, eventMs } = this;
    return { logPosition, time: Number.isNaN(eventMs) ? null : toIsoTime(eventMs) };
  }
}
