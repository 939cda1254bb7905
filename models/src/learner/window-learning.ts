import { TOPICS, decodeWindowRecord, deviceKey, toIsoTime, type WindowRecord } from '@hark/contracts';
import type { ArtifactStore, LogRecord, Outputs, StateReader, StateWriter } from '@hark/streaming';
import type { LabelRange } from '../labels/label-range.js';
import { mostProbableClass, type Answer } from './answer.js';
import { Answering } from './answering.js';
import { FeatureSchemaError, type LearnerOptions } from './learner-options.js';
import { LateLabelling } from './late-labelling.js';
import type { LearnerStatus } from './learner-status.js';
import type { Line, VersionPoint } from './line.js';
import type { ModelCodec } from './model-state.js';
import { predictionJson } from './prediction-json.js';
import { Training, type ChallengerLine } from './training.js';
import { VersionTimes } from './version-times.js';

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

/** What is different where a learner is not the only one, or its line not its own. */
export interface LearningSurroundings {
  /** Null where there are no challengers. */
  readonly challengerLine: ChallengerLine | null;
  /** Whether the answer to a user's label is to be told here; `null`: to a label that is nobody's. Default: all are. */
  readonly tellsOf?: (user: string | null) => boolean;
  /** Tells its alerts and its users' files from those of other learners. */
  readonly name?: string;
}

/**
 * What every learner does with windows and labels, whatever the line of versions behind it: a window is answered, then
 * scored and learned; a label that comes late is learned when it comes.
 */
export class WindowLearning {
  readonly training: Training;
  private readonly answering: Answering;
  private readonly labelling: LateLabelling;
  /** Offset after the last record of `windows`. */
  private position = 0;
  /** Event time of the last final window's end in milliseconds; NaN before the first. */
  private eventMs = NaN;
  private readonly versionTimes: VersionTimes;
  private seen = 0;
  private final = 0;
  private labelled = 0;

  constructor(
    private readonly options: LearnerOptions,
    private readonly line: Line,
    private readonly world: LearnerWorld,
    { challengerLine, tellsOf, name }: LearningSurroundings,
  ) {
    const [folder, episodes] = name === undefined ? ['users', ''] : [`users/${name}`, `${name}-`];
    const at = () => this.point();
    this.answering = new Answering(options, line, world.artifacts, world.digest, folder);
    this.training = new Training(options, line, challengerLine, this.answering, at, episodes);
    this.versionTimes = new VersionTimes(options.versionEveryMs);
    const horizonMs = options.labelHorizonMs ?? 0;
    const recall = (offset: number) => this.recall(offset);
    this.labelling = new LateLabelling(horizonMs, line, this.training, this.answering, recall, tellsOf);
  }

  /**
   * @throws FeatureSchemaError when a window's features are not those that are learned here.
   * @throws RecordFormatError when the bytes are no window.
   */
  decode(value: Uint8Array): WindowRecord {
    const window = decodeWindowRecord(value);
    if (window.featureSchema === this.options.featureSchema) return window;
    throw new FeatureSchemaError(window.featureSchema, this.options.featureSchema);
  }

  /** Where the stream stands; a version made now has seen the windows before this offset. */
  moveTo(offset: number): void {
    this.position = offset;
  }

  point(): VersionPoint {
    const { position: logPosition, eventMs } = this;
    return { logPosition, time: Number.isNaN(eventMs) ? null : toIsoTime(eventMs) };
  }

  takeWindow(window: WindowRecord, offset: number, outputs: Outputs): void {
    this.position = offset + 1;
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
    if (this.versionTimes.isDue(window.receivedMs) && this.line.learnedSinceVersion > 0)
      this.line.makeVersion('time', this.point(), outputs);
  }

  /** Takes a record of `labels`. */
  takeLabel(record: LogRecord, outputs: Outputs): void {
    this.labelling.takeRecord(record, outputs);
  }

  /** Windows before this offset are about to go from the log: none of them is looked up again. */
  forgetBefore(offset: number): void {
    this.labelling.forgetBefore(offset);
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

  write(state: StateWriter): void {
    this.answering.write(state);
    this.training.write(state, this.options.featureSchema);
    this.labelling.write(state);
    state.f64(this.position).f64(this.eventMs);
    this.versionTimes.write(state);
    state.f64(this.seen).f64(this.final).f64(this.labelled);
  }

  /** Call when the line has been read. @throws StateFormatError, FeatureSchemaError */
  read(state: StateReader, codec: ModelCodec): void {
    this.answering.read(state);
    this.training.read(state, codec);
    this.labelling.read(state);
    this.position = state.f64();
    this.eventMs = state.f64();
    this.versionTimes.read(state);
    this.seen = state.f64();
    this.final = state.f64();
    this.labelled = state.f64();
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

  /** A window taken earlier, or null when the log does not hold it any more. */
  private recall(offset: number): WindowRecord | null {
    const value = this.world.windowAt?.(offset) ?? null;
    return value === null ? null : this.decode(value);
  }
}
