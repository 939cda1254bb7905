import { TOPICS, type ModelEvent } from '@hark/contracts';
import {
  StateFormatError,
  StateReader,
  StateWriter,
  partitionOf,
  type LogRecord,
  type Outputs,
  type Processor,
} from '@hark/streaming';
import type { LearnerOptions } from '../learner/learner-options.js';
import type { LearnerStatus } from '../learner/learner-status.js';
import { modelCodec, type ModelCodec } from '../learner/model-state.js';
import { WindowLearning, type LearnerWorld } from '../learner/window-learning.js';
import { MergedLine } from './merged-line.js';

const FORMAT = 'hark.partition-learner';
const FORMAT_VERSION = 1;

const text = new TextDecoder();

export interface PartitionLearnerOptions extends LearnerOptions {
  /** Whose windows are learned here. */
  readonly partition: number;
  /** How many there are; a user stands in one of them, see {@link partitionOf}. */
  readonly partitions: number;
}

/** Where the learner of a partition stands. */
export interface PartitionLearnerStatus extends LearnerStatus {
  readonly partition: number;
  /** What was learned here and stands in no version yet. */
  readonly unmerged: {
    /** Parts handed in. */
    readonly parts: number;
    /** Windows learned since the last of them. */
    readonly windows: number;
  };
  /** A version that ought to answer, and whose file is not there or damaged; null: the one that ought to does. */
  readonly unread: number | null;
}

/**
 * One of several learners that share a model: reads its partition of `windows`, `labels` and `models`, writes its
 * partition of `predictions`, `alerts` and `model-merge`. Pure: a function of the records, in their order.
 *
 * It does with windows and labels what {@link Learner} does. The model is the version told of last in `models` and what
 * was learned here since ({@link MergedLine}); versions are made by the {@link ModelMerger}, and rollbacks and switches
 * of learning take effect here where `models` tells of them. Of labels it learns those of its own users, and tells of
 * these; of what is nobody's the first partition tells.
 */
export class PartitionLearner implements Processor {
  private readonly codec: ModelCodec;
  private readonly line: MergedLine;
  private readonly learning: WindowLearning;
  private readonly partition: number;

  /** @throws NotMergeableError, RangeError when there are challengers: each would have to be merged, too. */
  constructor(options: PartitionLearnerOptions, world: LearnerWorld) {
    const { partition, partitions, challengers = [] } = options;
    if (challengers.length > 0) throw new RangeError('several learners have no challengers');
    this.partition = partition;
    this.codec = modelCodec(options);
    this.line = new MergedLine(options, this.codec, world.artifacts, world.digest);
    this.learning = new WindowLearning(options, this.line, world, {
      challengerLine: null,
      tellsOf: (user) => (user === null ? 0 : partitionOf(user, partitions)) === partition,
      name: `p${partition}`,
    });
  }

  /**
   * @throws FeatureSchemaError when a window's features are not those this learner was made for.
   * @throws RecordFormatError when a record of `windows` is not one.
   */
  process(topic: string, partition: number, record: LogRecord, outputs: Outputs): void {
    const { learning, line } = this;
    if (topic === TOPICS.windows) {
      if (partition !== this.partition) throw new RangeError(`windows of partition ${partition}`);
      const window = learning.decode(record.value);
      line.begin(outputs);
      line.windowComes(record.offset, window);
      learning.takeWindow(window, record.offset, outputs);
    } else if (topic === TOPICS.labels) {
      line.begin(outputs);
      learning.takeLabel(record, outputs);
    } else if (topic === TOPICS.models) {
      this.takeEvent(JSON.parse(text.decode(record.value)) as ModelEvent);
    } else {
      throw new RangeError(`the learner of a partition does not read ${topic}`);
    }
  }

  status(): PartitionLearnerStatus {
    const { partition, line } = this;
    const unmerged = { parts: line.partsWaiting, windows: line.learnedSinceVersion };
    return { ...this.learning.status(), partition, unmerged, unread: line.unread };
  }

  /** The model as it answers now, in the form of a version's state file. */
  modelState(): Uint8Array {
    return this.line.state();
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION).u32(this.partition);
    this.line.write(state);
    this.learning.write(state);
    return state.finish();
  }

  /** @throws StateFormatError, or FeatureSchemaError when it was learned on other features. */
  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    const partition = state.u32();
    if (partition !== this.partition) throw new StateFormatError(`the state of partition ${partition}`);
    this.line.read(state);
    this.learning.read(state, this.codec);
    state.finish();
  }

  private takeEvent(event: ModelEvent): void {
    const { line, learning } = this;
    if (event.kind === 'created') {
      line.versionMade(event.manifest, event.merged?.[this.partition] ?? 0);
    } else if (event.kind === 'activated') {
      line.versionActivated(event.to);
      learning.training.learning = event.learning;
    } else if (event.kind === 'removed') {
      line.versionRemoved(event.version);
    } else if (event.kind === 'learning') {
      learning.training.learning = event.enabled;
    }
  }
}
