import {
  TOPICS,
  encodeModelMergeRecord,
  type ModelEvent,
  type ModelMergeRecord,
  type VersionCause,
  type VersionManifest,
  type WindowRecord,
} from '@hark/contracts';
import {
  StateFormatError,
  type ArtifactStore,
  type Outputs,
  type StateReader,
  type StateWriter,
} from '@hark/streaming';
import type { Classifier } from '../classifier.js';
import { mergeable } from '../classifiers/mergeable.js';
import { VERSION_EVERY, type LearnerOptions } from '../learner/learner-options.js';
import type { Line, VersionPoint } from '../learner/line.js';
import {
  freshModel,
  learnWindow,
  readModel,
  writeModel,
  type ModelCodec,
  type ModelState,
} from '../learner/model-state.js';
import { VersionShelf } from '../learner/version-shelf.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { fits, mergeModels } from './merge-models.js';
import { windowsOfPart } from './merge-schedule.js';

const NOTHING = new Uint8Array(0);

/** A part that was handed in, and that the version which answers does not hold. */
interface WaitingPart {
  /** How many were handed in before it. */
  readonly number: number;
  readonly state: Uint8Array;
}

/** A version as the merger told of it. */
interface ToldVersion {
  readonly version: number;
  readonly digest: string;
  readonly windowsLearned: number;
}

/**
 * The model of a learner that is one of several: the version made last of what all have learned, and on top of it what
 * was learned here and does not stand in that version. What is learned here is learned twice, by the model that
 * answers and by a part, which holds nothing else. Parts are handed in to `model-merge`, and told versions are taken
 * over: both change the model at a record, so that it is a function of the records and their order.
 *
 * A version is taken over before the next window and not at once, so that of many that come together one is read.
 * A version whose file is gone by then, or damaged, is passed over: one that has been succeeded by others has gone, and
 * these are told of next.
 */
export class MergedLine implements Line {
  private model: ModelState;
  /** What was learned since the last part was handed in. */
  private part: ModelState;
  private waiting: WaitingPart[] = [];
  /**
   * Parts handed in. Their number and what they are of depends on the records alone, so that they are the same when the
   * learner executes again what it did, even where a version's file is gone by then.
   */
  private handedIn = 0;
  private hasBegun = false;
  /** How often another version was activated. */
  private activation = 0;
  /** The version from which the model has gone on; 0 = none yet. */
  private base = 0;
  private baseLearned = 0;
  /** The version to be taken over; null = the model is of {@link base}. */
  private next: ToldVersion | null = null;
  private readonly told = new Map<number, ToldVersion>();
  private replacedTimes = 0;
  /** The version to be taken over has been activated: what was believed of devices is of another. */
  private isReplaced = false;
  /** The version that answered when a drift began, until the merger is told; 0 = none. */
  private beforeDrift = 0;
  private scoresSince = new ConfusionMatrix();
  /** Offset after the last record of `windows`. */
  private position = 0;
  private eventMs = NaN;
  private receivedMs = 0;
  /** The version passed over last, until another is taken over; of this process alone. */
  private unreadVersion: number | null = null;
  private readonly versionEvery: number;
  private readonly shelf: VersionShelf;

  /** @throws NotMergeableError */
  constructor(
    private readonly options: LearnerOptions,
    private readonly codec: ModelCodec,
    artifacts: Pick<ArtifactStore, 'read'>,
    digest: (bytes: Uint8Array) => string,
  ) {
    this.model = this.fresh();
    mergeable(this.model.classifier);
    this.part = this.fresh();
    this.versionEvery = options.versionEvery ?? VERSION_EVERY;
    this.shelf = new VersionShelf(artifacts, digest);
  }

  get current(): ModelState {
    return this.model;
  }

  get classifier(): Classifier {
    return this.model.classifier;
  }

  /** Before any was told of: the first, which has learned nothing, as the model here. */
  get version(): number {
    return Math.max(1, this.next?.version ?? this.base);
  }

  get replacements(): number {
    return this.replacedTimes;
  }

  /** Windows learned since the last part was handed in. */
  get learnedSinceVersion(): number {
    return this.part.classifier.learned;
  }

  get sinceVersion(): ConfusionMatrix {
    return this.scoresSince;
  }

  /** Parts handed in that no version holds yet. */
  get partsWaiting(): number {
    return this.waiting.length;
  }

  /** A version that ought to answer, and whose file was gone or damaged; null: the one that ought to does. */
  get unread(): number | null {
    return this.unreadVersion;
  }

  /** Where the stream stands: a window of the partition comes. */
  windowComes(offset: number, { final, startMs, sizeMs, receivedMs }: WindowRecord): void {
    this.position = offset + 1;
    if (final) this.eventMs = startMs + sizeMs;
    this.receivedMs = receivedMs;
  }

  score(truth: string, predicted: string): void {
    this.model.lineage.add(truth, predicted);
    this.part.lineage.add(truth, predicted);
    this.scoresSince.add(truth, predicted);
  }

  learn(features: Float64Array, label: string): void {
    const { classifier, familiarity } = this.part;
    mergeable(classifier).gather(features, label);
    familiarity.learn(features, classifier.classes.indexOf(label), this.model.familiarity);
    learnWindow(this.model, features, label);
  }

  /** A label that nobody gave has a weight, and sums over windows have none. */
  learnInferred(): boolean {
    return false;
  }

  driftBegins(): void {
    this.beforeDrift = this.version;
  }

  /** Hands in what was learned. On drift, which hangs on answers, nothing is handed in: a version of what was is asked for. */
  makeVersion(cause: VersionCause, _at: VersionPoint, outputs: Outputs): void {
    if (cause === 'drift') this.put({ drift: true }, outputs);
    else this.handIn(outputs);
  }

  makeVersionIfDue(_at: VersionPoint, outputs: Outputs): void {
    const due = windowsOfPart(this.baseLearned, this.versionEvery, this.waiting.length);
    if (this.learnedSinceVersion >= due) this.handIn(outputs);
  }

  /** By way of the merger, which alone writes `models`. */
  tell(event: ModelEvent, outputs: Outputs): void {
    this.put({ event }, outputs);
  }

  /** To be called before anything else: has the merger make the first version, and takes over the one told of last. */
  begin(outputs: Outputs): void {
    if (!this.hasBegun && this.told.size === 0) this.put({}, outputs);
    this.hasBegun = true;
    if (this.next !== null) this.takeOver(this.next);
  }

  /** The merger has made a version. @param merged parts of this partition that it holds. */
  versionMade({ version, digest, windowsLearned }: VersionManifest, merged: number): void {
    this.waiting = this.waiting.filter(({ number }) => number >= merged);
    this.next = { version, digest, windowsLearned };
    this.told.set(version, this.next);
  }

  /** Another version answers from now on. What was learned from the one before and not merged is left out. */
  versionActivated(version: number): void {
    this.activation++;
    this.waiting = [];
    this.part = this.fresh();
    this.next = this.told.get(version) ?? null;
    this.isReplaced = true;
  }

  versionRemoved(version: number): void {
    this.told.delete(version);
  }

  state(): Uint8Array {
    return writeModel(this.model, this.codec.featureSchema);
  }

  write(state: StateWriter): void {
    const { featureSchema } = this.codec;
    state.bytes(this.state()).bytes(writeModel(this.part, featureSchema));
    state.u32(this.waiting.length);
    for (const part of this.waiting) state.f64(part.number).bytes(part.state);
    state.f64(this.handedIn).bool(this.hasBegun).f64(this.activation).f64(this.base).f64(this.baseLearned);
    state.f64(this.next?.version ?? 0).u32(this.told.size);
    for (const { version, digest, windowsLearned } of this.told.values())
      state.f64(version).string(digest).f64(windowsLearned);
    state.bool(this.isReplaced).f64(this.replacedTimes).f64(this.beforeDrift);
    this.scoresSince.write(state);
    state.f64(this.position).f64(this.eventMs).f64(this.receivedMs);
  }

  /** @throws StateFormatError, or FeatureSchemaError when the model was learned on other features. */
  read(state: StateReader): void {
    this.model = readModel(state.bytes(), this.codec);
    this.part = readModel(state.bytes(), this.codec);
    this.waiting = Array.from({ length: state.u32() }, () => ({
      number: state.f64(),
      state: state.bytes(),
    }));
    this.handedIn = state.f64();
    this.hasBegun = state.bool();
    this.activation = state.f64();
    this.base = state.f64();
    this.baseLearned = state.f64();
    const next = state.f64();
    this.told.clear();
    for (let left = state.u32(); left > 0; left--) {
      const version = state.f64();
      this.told.set(version, { version, digest: state.string(), windowsLearned: state.f64() });
    }
    this.next = this.told.get(next) ?? null;
    this.isReplaced = state.bool();
    this.replacedTimes = state.f64();
    this.beforeDrift = state.f64();
    this.scoresSince = ConfusionMatrix.read(state);
    this.position = state.f64();
    this.eventMs = state.f64();
    this.receivedMs = state.f64();
  }

  private fresh(): ModelState {
    const { classifier, featureNames, seed = 1 } = this.options;
    return freshModel(classifier, featureNames, seed);
  }

  private handIn(outputs: Outputs): void {
    const { part, model } = this;
    const state = writeModel({ ...part, inertia: model.inertia }, this.codec.featureSchema);
    this.waiting.push({ number: this.handedIn, state });
    this.part = this.fresh();
    this.put({ state, windowsLearned: part.classifier.learned }, outputs);
    this.handedIn++;
  }

  private put(change: Partial<ModelMergeRecord>, outputs: Outputs): void {
    const { activation, handedIn: number, position, eventMs, receivedMs, beforeDrift } = this;
    const record: ModelMergeRecord = {
      ...{ activation, number, position, eventMs, receivedMs, beforeDrift },
      ...{ windowsLearned: 0, drift: false, state: NOTHING, event: null },
      ...change,
    };
    this.beforeDrift = 0;
    outputs.emit(TOPICS.modelMerge, '', encodeModelMergeRecord(record));
  }

  private takeOver(told: ToldVersion): void {
    this.next = null;
    // Also where its file is gone: what is handed in, and when, is a function of the records alone.
    this.baseLearned = told.windowsLearned;
    const base = this.find(told);
    this.unreadVersion = base === null ? told.version : null;
    if (base === null) return;
    const before = this.model;
    let model = base;
    for (const { state } of this.waiting) {
      const part = readModel(state, this.codec);
      if (fits(model, part)) model = mergeModels(model, part);
    }
    const part = { ...this.part, inertia: before.inertia };
    if (fits(model, part)) model = mergeModels(model, part);
    else this.part = this.fresh();
    const renumbered = before.classifier.classes.some((label, c) => model.classifier.classes[c] !== label);
    if (renumbered || this.isReplaced) this.replacedTimes++;
    this.isReplaced = false;
    this.model = model;
    this.base = told.version;
    this.scoresSince = new ConfusionMatrix();
  }

  /** The model of a version; null when its file is gone or damaged. */
  private find({ version, digest }: ToldVersion): ModelState | null {
    try {
      return readModel(this.shelf.state({ version, digest }), this.codec);
    } catch (error) {
      if (error instanceof StateFormatError) return null;
      throw error;
    }
  }
}
