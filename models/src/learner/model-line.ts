import { TOPICS, type ModelEvent, type VersionCause, type VersionManifest } from '@hark/contracts';
import {
  StateFormatError,
  type ArtifactStore,
  type Outputs,
  type StateReader,
  type StateWriter,
} from '@hark/streaming';
import type { Classifier } from '../classifier.js';
import { isInferring } from '../classifiers/inferring.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { FeatureSchemaError, VERSION_EVERY, type LearnerOptions } from './learner-options.js';
import type { Line, VersionPoint } from './line.js';
import {
  canLearn,
  freshModel,
  learnWindow,
  readModel,
  writeModel,
  type ModelCodec,
  type ModelState,
} from './model-state.js';
import { mergeModels } from '../merged/merge-models.js';
import { VersionShelf, readShelved, writeShelved, type ShelvedVersion } from './version-shelf.js';

const utf8 = new TextEncoder();

/** Versions kept unless told otherwise. */
const VERSIONS_KEPT = 100;

/** Why a version does not answer. */
export interface Refusal {
  readonly code: 'unknown_version' | 'incompatible_features' | 'damaged_version' | 'not_a_challenger';
  readonly message: string;
}

/**
 * The model that answers, and the versions that pictures of it were made of. Version numbers always grow; the parent
 * of a version is the one that answered when it was made, so that after a rollback the line forks.
 *
 * Of more versions than are to be kept the oldest goes, but never the one that answers, the one before it, the last
 * before a drift, or the challenger proposed last.
 */
export class ModelLine implements Line {
  private model: ModelState;
  private activeVersion = 0;
  private previousVersion = 0;
  private highest = 0;
  /** The version that answered when the last drift began, and the newest picture of a challenger; 0 = none. */
  private beforeDrift = 0;
  private challenger = 0;
  /** Ascending by number. */
  private kept: ShelvedVersion[] = [];
  private replacedTimes = 0;
  private learnedSince = 0;
  private scoresSince = new ConfusionMatrix();
  private readonly codec: ModelCodec;
  private readonly keepsVersions: boolean;
  private readonly versionsKept: number;
  /** Versions removed whose files are still there, the oldest first. */
  private removed: ShelvedVersion[] = [];
  private readonly versionEvery: number;
  private readonly shelf: VersionShelf;

  /**
   * @param filesKept of so many versions removed last the files stay, for others who may yet read them.
   * @throws FeatureSchemaError, StateFormatError when `startFrom` does not fit.
   */
  constructor(
    options: LearnerOptions,
    codec: ModelCodec,
    artifacts: Pick<ArtifactStore, 'read'>,
    digest: (bytes: Uint8Array) => string,
    private readonly filesKept = 0,
  ) {
    this.codec = codec;
    this.keepsVersions = options.versions ?? true;
    this.versionsKept = options.versionsKept ?? VERSIONS_KEPT;
    this.versionEvery = options.versionEvery ?? VERSION_EVERY;
    this.shelf = new VersionShelf(artifacts, digest);
    if (options.startFrom === undefined) {
      this.model = freshModel(options.classifier, options.featureNames, options.seed ?? 1);
    } else {
      this.model = readModel(options.startFrom.state, codec);
      this.activeVersion = this.highest = options.startFrom.version;
    }
  }

  /** The model that answers. */
  get current(): ModelState {
    return this.model;
  }

  get classifier(): Classifier {
    return this.model.classifier;
  }

  /** The version whose lineage answers; 0 before the first was made. */
  get version(): number {
    return this.activeVersion;
  }

  /** The version that answered when the last drift began, or null. */
  get lastGood(): number | null {
    return this.keepsVersions && this.beforeDrift > 0 ? this.beforeDrift : null;
  }

  /** How often another model took over: a rollback or a promotion. */
  get replacements(): number {
    return this.replacedTimes;
  }

  /** Windows learned since the version was made or activated. */
  get learnedSinceVersion(): number {
    return this.learnedSince;
  }

  /** Scores since the version was made or activated. */
  get sinceVersion(): ConfusionMatrix {
    return this.scoresSince;
  }

  score(truth: string, predicted: string): void {
    this.model.lineage.add(truth, predicted);
    this.scoresSince.add(truth, predicted);
  }

  learn(features: Float64Array, label: string): void {
    learnWindow(this.model, features, label);
    this.learnedSince++;
  }

  /** Learns a window with a label that nobody gave it, if the classifier can. @returns whether it has. */
  learnInferred(features: Float64Array, label: string, trust: number): boolean {
    const { classifier } = this.model;
    if (!isInferring(classifier) || !canLearn(classifier, label)) return false;
    classifier.learnInferred(features, label, trust);
    return true;
  }

  /** Adds what was learned apart. @throws TooManyClassesError, DifferentModelError; nothing has changed then. */
  merge(part: ModelState): void {
    this.model = mergeModels(this.model, part);
    this.learnedSince += part.classifier.learned;
    this.scoresSince.addAll(part.lineage);
  }

  /** A drift begins: the version that answers now is the last good one, or another that answered where it was noticed. */
  driftBegins(lastGood = this.activeVersion): void {
    this.beforeDrift = lastGood;
  }

  /** Makes a version of the model as it is now. @param command offset of the command that asked for it. */
  makeVersion(cause: VersionCause, at: VersionPoint, outputs: Outputs, command?: number): void {
    this.learnedSince = 0;
    if (!this.keepsVersions) {
      // A copy that keeps no versions goes on naming the one it began with.
      this.activeVersion = this.highest = Math.max(1, this.activeVersion);
      return;
    }
    const parent = this.activeVersion;
    this.activate(++this.highest);
    this.put(this.model, { version: this.highest, parent, cause }, at, outputs, command);
  }

  makeVersionIfDue(at: VersionPoint, outputs: Outputs): void {
    if (this.learnedSince >= this.versionEvery) this.makeVersion('count', at, outputs);
  }

  /** Makes a version of a challenger: it answers once it is promoted. @returns its number. */
  makeChallengerVersion(model: ModelState, at: VersionPoint, outputs: Outputs): number {
    this.challenger = ++this.highest;
    this.put(model, { version: this.highest, parent: 0, cause: 'challenger' }, at, outputs);
    return this.highest;
  }

  /** Goes back to a version, or on to one made earlier. @returns why not, with nothing changed; null when done. */
  rollBack(to: number): Refusal | null {
    const found = this.find(to);
    if (found === null) return { code: 'unknown_version', message: `there is no version ${to}` };
    try {
      this.model = readModel(this.shelf.state(found), this.codec);
    } catch (error) {
      if (error instanceof FeatureSchemaError)
        return { code: 'incompatible_features', message: error.message };
      if (error instanceof StateFormatError) return { code: 'damaged_version', message: error.message };
      throw error;
    }
    this.activate(to);
    this.replacedTimes++;
    this.learnedSince = 0;
    return null;
  }

  /** Lets a challenger's version answer. @returns why not, with nothing changed; null when done. */
  promote(to: number): Refusal | null {
    const found = this.find(to);
    if (found === null) return { code: 'unknown_version', message: `there is no version ${to}` };
    if (found.cause !== 'challenger') {
      return {
        code: 'not_a_challenger',
        message: `version ${to} is no challenger's: roll back to it instead`,
      };
    }
    return this.rollBack(to);
  }

  /** Emits a record of `models`, unless this copy keeps no versions. */
  tell(event: ModelEvent, outputs: Outputs): void {
    if (this.keepsVersions) outputs.emit(TOPICS.models, '', utf8.encode(JSON.stringify(event)));
  }

  /** The model as it answers now, in the form of a version's state file. */
  state(): Uint8Array {
    return writeModel(this.model, this.codec.featureSchema);
  }

  write(state: StateWriter): void {
    state.bytes(this.state()).f64(this.activeVersion).f64(this.previousVersion).f64(this.highest);
    state.f64(this.beforeDrift).f64(this.challenger).u32(this.kept.length);
    for (const version of this.kept) writeShelved(version, state);
    state.f64(this.replacedTimes).f64(this.learnedSince);
    this.scoresSince.write(state);
    if (this.filesKept === 0) return;
    state.u32(this.removed.length);
    for (const version of this.removed) writeShelved(version, state);
  }

  /** @throws StateFormatError, or FeatureSchemaError when the model was learned on other features. */
  read(state: StateReader): void {
    this.model = readModel(state.bytes(), this.codec);
    this.activeVersion = state.f64();
    this.previousVersion = state.f64();
    this.highest = state.f64();
    this.beforeDrift = state.f64();
    this.challenger = state.f64();
    this.kept = Array.from({ length: state.u32() }, () => readShelved(state));
    this.replacedTimes = state.f64();
    this.learnedSince = state.f64();
    this.scoresSince = ConfusionMatrix.read(state);
    if (this.filesKept === 0) return;
    this.removed = Array.from({ length: state.u32() }, () => readShelved(state));
  }

  private find(version: number): ShelvedVersion | null {
    return this.kept.find((kept) => kept.version === version) ?? null;
  }

  private activate(version: number): void {
    if (this.activeVersion !== version) this.previousVersion = this.activeVersion;
    this.activeVersion = version;
    this.scoresSince = new ConfusionMatrix();
  }

  private put(
    model: ModelState,
    {
      version,
      parent,
      cause,
    }: { readonly version: number; readonly parent: number; readonly cause: VersionCause },
    at: VersionPoint,
    outputs: Outputs,
    command?: number,
  ): void {
    const { classifier, lineage } = model;
    const { featureSchema } = this.codec;
    const shelved = this.shelf.put(version, cause, writeModel(model, featureSchema), outputs);
    this.kept.push(shelved);
    const manifest: VersionManifest = {
      version,
      parent: parent === 0 ? null : parent,
      cause,
      classifier: classifier.name,
      logPosition: at.logPosition,
      windowsLearned: classifier.learned,
      classes: [...classifier.classes],
      metrics: lineage.summary(),
      featureSchema,
      digest: shelved.digest,
      time: at.time,
    };
    this.tell(
      {
        ...{ kind: 'created', manifest },
        ...(command === undefined ? {} : { command }),
        ...(at.merged === undefined ? {} : { merged: at.merged }),
      },
      outputs,
    );
    this.removeOld(outputs);
  }

  private removeOld(outputs: Outputs): void {
    const spared = [this.activeVersion, this.previousVersion, this.beforeDrift, this.challenger];
    while (this.kept.length > this.versionsKept) {
      const oldest = this.kept.find(({ version }) => !spared.includes(version));
      if (oldest === undefined) break;
      this.kept.splice(this.kept.indexOf(oldest), 1);
      this.removed.push(oldest);
      this.tell({ kind: 'removed', version: oldest.version }, outputs);
    }
    for (const old of this.removed.splice(0, this.removed.length - this.filesKept))
      this.shelf.remove(old, outputs);
  }
}
