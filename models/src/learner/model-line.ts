import { TOPICS, type ModelEvent, type VersionCause } from '@hark/contracts';
import {
  StateFormatError,
  type ArtifactStore,
  type Outputs,
  type StateReader,
  type StateWriter,
} from '@hark/streaming';
import type { Classifier } from '../classifier.js';
import { ConfusionMatrix } from '../scores/confusion-matrix.js';
import { FeatureSchemaError, type LearnerOptions } from './learner-options.js';
import { freshModel, readModel, writeModel, type ModelState } from './model-state.js';
import { VersionShelf } from './version-shelf.js';

const utf8 = new TextEncoder();

/** Why a rollback was refused. */
export interface Refusal {
  readonly code: 'unknown_version' | 'incompatible_features' | 'damaged_version';
  readonly message: string;
}

/**
 * The model that answers, and the versions that pictures of it were made of. Version numbers always grow; the parent
 * of a version is the one that answered when it was made, so that after a rollback the line forks.
 */
export class ModelLine {
  private model: ModelState;
  private activeVersion = 0;
  private highest = 0;
  private learnedSince = 0;
  private scoresSince = new ConfusionMatrix();
  private readonly classifierFactory: LearnerOptions['classifier'];
  private readonly featureSchema: string;
  private readonly keepsVersions: boolean;
  private readonly shelf: VersionShelf;

  /** @throws FeatureSchemaError, StateFormatError when `startFrom` does not fit. */
  constructor(
    options: LearnerOptions,
    artifacts: Pick<ArtifactStore, 'read'>,
    digest: (bytes: Uint8Array) => string,
  ) {
    this.classifierFactory = options.classifier;
    this.featureSchema = options.featureSchema;
    this.keepsVersions = options.versions ?? true;
    this.shelf = new VersionShelf(artifacts, digest);
    if (options.startFrom === undefined) {
      this.model = freshModel(this.classifierFactory, options.dimensions, options.seed ?? 1);
    } else {
      this.model = readModel(options.startFrom.state, this.classifierFactory, this.featureSchema);
      this.activeVersion = this.highest = options.startFrom.version;
    }
  }

  get classifier(): Classifier {
    return this.model.classifier;
  }

  /** The version whose lineage answers; 0 before the first was made. */
  get version(): number {
    return this.activeVersion;
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
    this.model.classifier.learn(features, label);
    this.learnedSince++;
  }

  /** Makes a version of the model as it is now. @param command offset of the command that asked for it. */
  makeVersion(
    cause: VersionCause,
    at: { readonly logPosition: number; readonly time: string | null },
    outputs: Outputs,
    command?: number,
  ): void {
    this.learnedSince = 0;
    if (!this.keepsVersions) {
      // A copy that keeps no versions goes on naming the one it began with.
      this.activeVersion = this.highest = Math.max(1, this.activeVersion);
      return;
    }
    const parent = this.activeVersion === 0 ? null : this.activeVersion;
    this.activeVersion = ++this.highest;
    this.scoresSince = new ConfusionMatrix();
    if (outputs.suppressed) return;
    const { classifier, lineage } = this.model;
    const described = {
      version: this.activeVersion,
      parent,
      cause,
      classifier: classifier.name,
      logPosition: at.logPosition,
      windowsLearned: classifier.learned,
      classes: [...classifier.classes],
      metrics: lineage.summary(),
      featureSchema: this.featureSchema,
      time: at.time,
    };
    const manifest = this.shelf.put(described, this.state(), outputs);
    this.tell(
      command === undefined ? { kind: 'created', manifest } : { kind: 'created', manifest, command },
      outputs,
    );
  }

  /** Goes back to a version, or on to one made earlier. @returns why not, with nothing changed; null when done. */
  rollBack(to: number): Refusal | null {
    try {
      const found = this.shelf.find(to);
      if (found === null) return { code: 'unknown_version', message: `there is no version ${to}` };
      this.model = readModel(found.state, this.classifierFactory, this.featureSchema);
    } catch (error) {
      if (error instanceof FeatureSchemaError)
        return { code: 'incompatible_features', message: error.message };
      if (error instanceof StateFormatError) return { code: 'damaged_version', message: error.message };
      throw error;
    }
    this.activeVersion = to;
    this.learnedSince = 0;
    this.scoresSince = new ConfusionMatrix();
    return null;
  }

  /** Emits a record of `models`, unless this copy keeps no versions. */
  tell(event: ModelEvent, outputs: Outputs): void {
    if (this.keepsVersions) outputs.emit(TOPICS.models, '', utf8.encode(JSON.stringify(event)));
  }

  /** The model as it answers now, in the form of a version's state file. */
  state(): Uint8Array {
    return writeModel(this.model, this.featureSchema);
  }

  write(state: StateWriter): void {
    state.bytes(this.state()).f64(this.activeVersion).f64(this.highest).f64(this.learnedSince);
    this.scoresSince.write(state);
  }

  /** @throws StateFormatError, or FeatureSchemaError when the model was learned on other features. */
  read(state: StateReader): void {
    this.model = readModel(state.bytes(), this.classifierFactory, this.featureSchema);
    this.activeVersion = state.f64();
    this.highest = state.f64();
    this.learnedSince = state.f64();
    this.scoresSince = ConfusionMatrix.read(state);
  }
}
