import { TOPICS } from '@hark/contracts';
import { StateReader, StateWriter, type LogRecord, type Outputs, type Processor } from '@hark/streaming';
import { executeCommand } from './command-execution.js';
import type { LearnerOptions } from './learner-options.js';
import type { LearnerStatus } from './learner-status.js';
import { ModelLine } from './model-line.js';
import { modelCodec, type ModelCodec } from './model-state.js';
import { WindowLearning, type LearnerWorld } from './window-learning.js';

const FORMAT = 'hark.learner';
const FORMAT_VERSION = 3;

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
  private readonly learning: WindowLearning;

  /** @throws FeatureSchemaError, StateFormatError when `startFrom` does not fit. */
  constructor(options: LearnerOptions, world: LearnerWorld) {
    this.codec = modelCodec(options);
    this.line = new ModelLine(options, this.codec, world.artifacts, world.digest);
    this.learning = new WindowLearning(options, this.line, world, { challengerLine: this.line });
  }

  /**
   * @throws FeatureSchemaError when a window's features are not those this learner was made for.
   * @throws RecordFormatError when a record of `windows` is not one.
   */
  process(topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    const { learning } = this;
    if (topic === TOPICS.windows) {
      const window = learning.decode(record.value);
      learning.moveTo(record.offset);
      this.begin(outputs);
      learning.takeWindow(window, record.offset, outputs);
    } else if (topic === TOPICS.commands) {
      this.begin(outputs);
      executeCommand(record, this.line, learning, outputs);
    } else if (topic === TOPICS.labels) {
      this.begin(outputs);
      learning.takeLabel(record, outputs);
    } else {
      throw new RangeError(`the learner does not read ${topic}`);
    }
  }

  status(): LearnerStatus {
    return this.learning.status();
  }

  /** The model as it answers now, in the form of a version's state file. */
  modelState(): Uint8Array {
    return this.line.state();
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION);
    this.line.write(state);
    this.learning.write(state);
    return state.finish();
  }

  /** @throws StateFormatError, or FeatureSchemaError when it was learned on other features. */
  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.line.read(state);
    this.learning.read(state, this.codec);
    state.finish();
  }

  /** Every record is answered by some version: the first of all finds none yet. */
  private begin(outputs: Outputs): void {
    if (this.line.version === 0) this.line.makeVersion('start', this.learning.point(), outputs);
  }
}
