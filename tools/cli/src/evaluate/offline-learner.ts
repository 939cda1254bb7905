import { createHash } from 'node:crypto';
import { TOPICS, type Prediction } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import { classifierByName, Learner, type ClassifierFactory, type LearnerOptions } from '@hark/models';
import { Pipeline, type ArtifactStore } from '@hark/streaming';

/** How the learner is to be set up; what is not given is as in the service. */
export type OfflineLearnerOptions = Pick<LearnerOptions, 'learning' | 'startFrom' | 'versions'> & {
  readonly classifier: ClassifierFactory | string;
};

/** The service's learner without a log: a window record in, its prediction out. */
export class OfflineLearner {
  private readonly learner: Learner;
  private readonly pipeline: Pipeline;
  private answer: Uint8Array | null = null;

  /**
   * @param onEvent gets what the learner says besides predictions: records of `alerts` and `models`.
   * @throws UnknownClassifierError
   */
  constructor(
    options: OfflineLearnerOptions,
    onEvent: (topic: string, value: Uint8Array) => void = () => {},
  ) {
    const features = createFeatureExtractor();
    const store = new ManifestsOnly();
    const { classifier, ...rest } = options;
    this.learner = new Learner(
      {
        ...rest,
        classifier: typeof classifier === 'string' ? classifierByName(classifier) : classifier,
        featureSchema: features.schema,
        featureNames: features.names,
      },
      { artifacts: store, digest: (bytes) => createHash('sha256').update(bytes).digest('hex') },
    );
    this.pipeline = new Pipeline({
      stages: [{ processor: this.learner, inputs: [TOPICS.windows] }],
      onRecord: (topic, { value }) => {
        if (topic === TOPICS.predictions) this.answer = value;
        else onEvent(topic, value);
      },
      onArtifact: (name, bytes) => store.write(name, bytes),
    });
  }

  /** Predicts a final window, and learns it when it is labelled. @returns the prediction as the service stores it. */
  take(window: Uint8Array): Uint8Array {
    this.answer = null;
    this.pipeline.push(TOPICS.windows, '', window);
    if (this.answer === null) throw new Error('the learner has given no prediction for a window');
    return this.answer;
  }

  modelState(): Uint8Array {
    return this.learner.modelState();
  }

  get version(): number {
    return this.learner.status().version;
  }
}

const utf8 = new TextDecoder();

export function readPrediction(bytes: Uint8Array): Prediction {
  return JSON.parse(utf8.decode(bytes)) as Prediction;
}

/** Nobody rolls back offline: it is enough to know which versions there are. */
class ManifestsOnly implements Pick<ArtifactStore, 'read'> {
  private readonly manifests = new Map<string, Uint8Array>();

  write(name: string, bytes: Uint8Array): void {
    if (/^models\/v\d+\.json$/.test(name)) this.manifests.set(name, bytes);
  }

  read(name: string): Uint8Array | null {
    return this.manifests.get(name) ?? null;
  }
}
