import { TOPICS, problem, type Prediction, type VersionManifest } from '@hark/contracts';
import type { FeatureExtractor } from '@hark/features';
import {
  FeatureSchemaError,
  Learner,
  UnknownClassifierError,
  classifierByName,
  type ClassifierFactory,
  type LearnerOptions,
} from '@hark/models';
import { ProblemError } from '@hark/service';
import {
  Pipeline,
  StateFormatError,
  Windower,
  type ArtifactStore,
  type WindowOptions,
} from '@hark/streaming';
import { sha256, storedState } from '../models/stored-state.js';

/** What a replay shares with the live windower and learner: the same settings, never the same objects. */
export interface ReplayModelOptions {
  readonly artifacts: Pick<ArtifactStore, 'read'>;
  readonly windows: Partial<WindowOptions>;
  /** A new extractor each time: extractors reuse scratch space. */
  readonly features: () => FeatureExtractor;
  /** Loads the network on TensorFlow.js; asked for once, when a version needs it. Without it such a version is refused. */
  readonly tensorFlow?: () => Promise<ClassifierFactory>;
  readonly learning?: Pick<LearnerOptions, 'confidenceThreshold' | 'onDrift' | 'drift'>;
}

/** Makes a fresh model that hands its predictions on. */
export type MakeReplayModel = (onPrediction: (json: string) => void) => Promise<ReplayModel>;

/** A windower and a learner of its own: samples in, predictions out, nothing stored. */
export interface ReplayModel {
  /** Feeds a record of `samples`; its predictions go to the function given at the start before this returns. */
  push(samplesRecord: Uint8Array): void;
}

/** The service has other settings than when a replay began: run again, it would come to other predictions. */
export class ReplaySettingsError extends Error {
  readonly code = 'replay_settings';
  constructor() {
    super(
      'the service was restarted with other settings of windows or model, so it can not be taken up again',
    );
  }
}

/** Makes models that answer as a stored version does. */
export class ReplayModels {
  /** All that predictions depend on besides samples and version, as text to compare. */
  readonly settings: string;
  private network: Promise<ClassifierFactory> | null = null;

  constructor(private readonly options: ReplayModelOptions) {
    const featureSchema = options.features().schema;
    const { windows, learning } = options;
    this.settings = JSON.stringify({ windows, learning, featureSchema });
  }

  /**
   * @param learn whether the copy goes on learning from labelled windows.
   * @throws ProblemError 409 when the version can't answer windows of today's features or its file is damaged.
   */
  async create(
    manifest: VersionManifest,
    learn: boolean,
    onPrediction: (json: string) => void,
  ): Promise<ReplayModel> {
    const { artifacts, windows, learning } = this.options;
    const features = this.options.features();
    const text = new TextDecoder();
    const more = await this.networkFor(manifest);
    try {
      const learner = new Learner(
        {
          ...learning,
          classifier: classifierByName(manifest.classifier, more),
          featureSchema: features.schema,
          featureNames: features.names,
          startFrom: { version: manifest.version, state: storedState(artifacts, manifest) },
          learning: learn,
          versions: false,
        },
        { artifacts, digest: sha256 },
      );
      const pipeline = new Pipeline({
        stages: [
          { processor: new Windower(windows, features), inputs: [TOPICS.samples] },
          { processor: learner, inputs: [TOPICS.windows] },
        ],
        onRecord: (topic, record) => {
          if (topic === TOPICS.predictions) onPrediction(text.decode(record.value));
        },
      });
      return { push: (value) => pipeline.push(TOPICS.samples, '', value) };
    } catch (error) {
      if (error instanceof FeatureSchemaError) throw refused('incompatible_features', error.message);
      if (error instanceof UnknownClassifierError) throw refused(error.code, error.message);
      if (error instanceof StateFormatError) throw refused('damaged_version', error.message);
      throw error;
    }
  }

  /** TensorFlow.js takes 50 MB: it is loaded for a version that needs it, and then kept. */
  private async networkFor({ classifier }: VersionManifest): Promise<ClassifierFactory[]> {
    const { tensorFlow } = this.options;
    if (classifier !== 'tfjs' || tensorFlow === undefined) return [];
    this.network ??= tensorFlow();
    try {
      return [await this.network];
    } catch (error) {
      this.network = null;
      throw refused('unknown_classifier', `tfjs can't be loaded: ${(error as Error).message}`);
    }
  }
}

/** The prediction of a replay, parsed. */
export function parsePrediction(json: string): Prediction {
  return JSON.parse(json) as Prediction;
}

function refused(code: string, detail: string): ProblemError {
  return new ProblemError(problem(409, code, 'Refused', detail));
}
