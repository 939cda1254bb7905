import { TOPICS, decodeModelMergeRecord, toIsoTime, type VersionCause } from '@hark/contracts';
import {
  StateFormatError,
  StateReader,
  StateWriter,
  type LogRecord,
  type Outputs,
  type Processor,
} from '@hark/streaming';
import { mergeable } from '../classifiers/mergeable.js';
import { executeCommand, type Commanded } from '../learner/command-execution.js';
import { VERSION_EVERY, type LearnerOptions } from '../learner/learner-options.js';
import type { VersionPoint } from '../learner/line.js';
import { ModelLine } from '../learner/model-line.js';
import { modelCodec, readModel, type ModelCodec } from '../learner/model-state.js';
import { VersionTimes } from '../learner/version-times.js';
import type { LearnerWorld } from '../learner/window-learning.js';
import { fits } from './merge-models.js';
import { windowsOfVersion } from './merge-schedule.js';

const FORMAT = 'hark.model-merger';
const FORMAT_VERSION = 1;
/** A learner that is behind, or executes again what it did, reads versions that have been removed since. */
const FILES_KEPT = 100;

export type ModelMergerOptions = Pick<
  LearnerOptions,
  | 'classifier'
  | 'classifiers'
  | 'featureSchema'
  | 'featureNames'
  | 'seed'
  | 'learning'
  | 'versionEvery'
  | 'versionEveryMs'
  | 'versionsKept'
> & {
  /** Of `windows` and `model-merge`. */
  readonly partitions: number;
};

/** Where the merger stands. */
export interface ModelMergerStatus {
  /** The version made or activated last; 0 before the first record. */
  readonly version: number;
  readonly learning: boolean;
  readonly windows: {
    /** By the model and its ancestors. */
    readonly learned: number;
    /** Merged since the last version. */
    readonly sinceVersion: number;
    /** Learned by somebody and left out: from a version that another had taken the place of, or of too many classes. */
    readonly leftOut: number;
  };
}

/**
 * Makes the versions of several learners: reads `commands` and all partitions of `model-merge`, writes `models` and the
 * versions' files. Pure: a function of the records, in their order.
 *
 * What a learner hands in is added to the model. A version is made when enough has come together
 * ({@link windowsOfVersion}), by time, on drift and on request; it names what it holds, so that each learner knows what
 * it has to add itself. After a rollback what was learned before it is left out, whenever it comes.
 */
export class ModelMerger implements Processor, Commanded {
  private readonly codec: ModelCodec;
  private readonly line: ModelLine;
  /** Of each partition: the parts taken, and where its learner stands in `windows`. */
  private readonly merged: number[];
  private readonly positions: number[];
  private activation = 0;
  /** Whether the learners go on learning, as they are told; what was learned from another model is left out. */
  readonly training = { learning: true, modelReplaced: () => void this.activation++ };
  private leftOut = 0;
  private eventMs = NaN;
  private readonly versionTimes: VersionTimes;

  /** @throws NotMergeableError */
  constructor(
    private readonly options: ModelMergerOptions,
    world: Pick<LearnerWorld, 'artifacts' | 'digest'>,
  ) {
    this.codec = modelCodec(options);
    this.line = new ModelLine(options, this.codec, world.artifacts, world.digest, FILES_KEPT);
    mergeable(this.line.classifier);
    this.merged = new Array<number>(options.partitions).fill(0);
    this.positions = new Array<number>(options.partitions).fill(0);
    this.training.learning = options.learning ?? true;
    this.versionTimes = new VersionTimes(options.versionEveryMs);
  }

  /** @throws RecordFormatError when a record of `model-merge` is not one; StateFormatError, FeatureSchemaError. */
  process(topic: string, partition: number, record: LogRecord, outputs: Outputs): void {
    if (this.line.version === 0) this.makeVersion('start', outputs);
    if (topic === TOPICS.modelMerge) this.takePart(partition, record, outputs);
    else if (topic === TOPICS.commands) executeCommand(record, this.line, this, outputs);
    else throw new RangeError(`the merger does not read ${topic}`);
  }

  status(): ModelMergerStatus {
    const { line, leftOut } = this;
    const { learning } = this.training;
    const windows = { learned: line.classifier.learned, sinceVersion: line.learnedSinceVersion, leftOut };
    return { version: line.version, learning, windows };
  }

  /** The model as the next version would be made of it. */
  modelState(): Uint8Array {
    return this.line.state();
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION);
    this.line.write(state);
    state.u32(this.merged.length);
    for (const [p, next] of this.merged.entries()) state.f64(next).f64(this.positions[p]);
    state.f64(this.activation).bool(this.training.learning).f64(this.leftOut).f64(this.eventMs);
    this.versionTimes.write(state);
    return state.finish();
  }

  /** @throws StateFormatError, or FeatureSchemaError when it was learned on other features. */
  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.line.read(state);
    const partitions = state.u32();
    if (partitions !== this.merged.length) throw new StateFormatError(`${partitions} partitions`);
    for (let p = 0; p < partitions; p++) {
      this.merged[p] = state.f64();
      this.positions[p] = state.f64();
    }
    this.activation = state.f64();
    this.training.learning = state.bool();
    this.leftOut = state.f64();
    this.eventMs = state.f64();
    this.versionTimes.read(state);
    state.finish();
  }

  /** Where the stream stands, by what the learners have told. */
  point(): VersionPoint {
    const { positions, eventMs, merged } = this;
    return {
      logPosition: positions.reduce((sum, position) => sum + position, 0),
      time: Number.isNaN(eventMs) ? null : toIsoTime(eventMs),
      merged: [...merged],
    };
  }

  /** Nothing is looked up here. */
  forgetBefore(): void {}

  private takePart(partition: number, { value }: LogRecord, outputs: Outputs): void {
    const record = decodeModelMergeRecord(value);
    const { activation, position, eventMs, receivedMs, windowsLearned, drift, beforeDrift } = record;
    this.positions[partition] = position;
    if (!Number.isNaN(eventMs)) this.eventMs = eventMs;
    if (record.event !== null) this.line.tell(record.event, outputs);
    if (record.state.length > 0) this.merged[partition] = record.number + 1;
    if (activation !== this.activation) {
      this.leftOut += windowsLearned;
      return;
    }
    if (record.state.length > 0) this.merge(record.state, outputs);
    if (beforeDrift > 0) this.line.driftBegins(beforeDrift);
    if (drift) this.makeVersion('drift', outputs);
    else this.makeVersionIfDue(receivedMs, outputs);
  }

  private merge(state: Uint8Array, outputs: Outputs): void {
    const { line } = this;
    const part = readModel(state, this.codec);
    if (fits(line.current, part)) return line.merge(part);
    this.leftOut += part.classifier.learned;
    const message = 'a part was left out: with it there would be more than 32 activities';
    line.tell({ kind: 'refused', code: 'too_many_classes', message }, outputs);
  }

  private makeVersionIfDue(receivedMs: number, outputs: Outputs): void {
    const { line } = this;
    const { versionEvery = VERSION_EVERY } = this.options;
    const since = line.learnedSinceVersion;
    if (since >= windowsOfVersion(line.classifier.learned - since, versionEvery) && since > 0) {
      this.makeVersion('count', outputs);
    } else if (this.versionTimes.isDue(receivedMs) && since > 0) {
      this.makeVersion('time', outputs);
    }
  }

  private makeVersion(cause: VersionCause, outputs: Outputs): void {
    this.line.makeVersion(cause, this.point(), outputs);
  }
}
