import { createHash } from 'node:crypto';
import {
  TOPICS,
  decodeModelMergeRecord,
  encodeWindowRecord,
  type Command,
  type LabelRecord,
  type ModelEvent,
  type ModelMergeRecord,
  type Prediction,
  type WindowRecord,
} from '@hark/contracts';
import { partitionOf, type LogRecord, type Outputs, type Processor } from '@hark/streaming';
import type { LearnerOptions } from '../../learner/learner-options.js';
import { ModelMerger } from '../model-merger.js';
import { PartitionLearner } from '../partition-learner.js';

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };
const json = <T>({ value }: LogRecord) => JSON.parse(text.decoder.decode(value)) as T;

/** A processor with its inputs, and how far it has come in each. */
export interface Worker {
  readonly name: string;
  processor: PartitionLearner | ModelMerger;
  readonly partition: number;
  readonly inputs: readonly string[];
  positions: number[];
}

/** Learners of several partitions and their merger on a log in memory; who takes a record next is for the caller to say. */
export class MergingLearners {
  readonly workers: readonly Worker[];
  /** By topic and partition. */
  readonly log = new Map<string, LogRecord[]>();
  readonly artifacts = new Map<string, Uint8Array>();
  /** Called when a worker has taken a record. */
  onStep: ((learners: MergingLearners, worker: Worker, topic: string, record: LogRecord) => void) | undefined;

  constructor(
    readonly partitions: number,
    private readonly options: LearnerOptions,
    /** Which of the artifacts are there. */
    private readonly isThere: (name: string) => boolean = () => true,
  ) {
    const numbers = Array.from({ length: partitions }, (_, p) => p);
    this.workers = [
      ...numbers.map((p) => ({
        name: `learner ${p}`,
        processor: this.learner(p),
        partition: p,
        inputs: [`${TOPICS.models}/0`, `${TOPICS.labels}/0`, `${TOPICS.windows}/${p}`],
        positions: [0, 0, 0],
      })),
      {
        name: 'merger',
        processor: this.merger(),
        partition: 0,
        inputs: [`${TOPICS.commands}/0`, ...numbers.map((p) => `${TOPICS.modelMerge}/${p}`)],
        positions: [0, ...numbers.map(() => 0)],
      },
    ];
  }

  get learners(): readonly PartitionLearner[] {
    return this.workers.flatMap(({ processor }) =>
      processor instanceof PartitionLearner ? [processor] : [],
    );
  }

  get mergerWorker(): Worker {
    return this.workers[this.partitions];
  }

  window(window: WindowRecord): this {
    return this.append(TOPICS.windows, partitionOf(window.user, this.partitions), encodeWindowRecord(window));
  }

  command(command: Command): this {
    return this.append(TOPICS.commands, 0, text.encoder.encode(JSON.stringify(command)));
  }

  label(label: LabelRecord): this {
    return this.append(TOPICS.labels, 0, text.encoder.encode(JSON.stringify(label)));
  }

  append(topic: string, partition: number, value: Uint8Array): this {
    const records = this.records(topic, partition);
    records.push({ key: '', value, offset: records.length, timestamp: 0 });
    return this;
  }

  /** The worker takes the next record of one of its inputs. @returns false when there is none. */
  step(worker: Worker, input: number): boolean {
    const name = worker.inputs[input];
    const record = this.log.get(name)?.[worker.positions[input]];
    if (record === undefined) return false;
    worker.positions[input]++;
    const [topic, partition] = name.split('/');
    this.take(worker, topic, Number(partition), record);
    return true;
  }

  take(worker: Worker, topic: string, partition: number, record: LogRecord): void {
    worker.processor.process(topic, partition, record, this.outputs(worker));
    this.onStep?.(this, worker, topic, record);
  }

  /** Everybody takes what there is, one record of each input in turn, until nothing is left. */
  settle(): this {
    for (let advanced = true; advanced;) {
      advanced = false;
      for (const worker of this.workers)
        for (const input of worker.inputs.keys()) if (this.step(worker, input)) advanced = true;
    }
    return this;
  }

  /** Another processor goes on from the worker's stored state. */
  restart(worker: Worker): void {
    const fresh: Processor & Worker['processor'] =
      worker.processor instanceof ModelMerger ? this.merger() : this.learner(worker.partition);
    fresh.restore(worker.processor.snapshot());
    worker.processor = fresh;
  }

  events(): ModelEvent[] {
    return this.records(TOPICS.models, 0).map((record) => json<ModelEvent>(record));
  }

  predictions(partition: number): Prediction[] {
    return this.records(TOPICS.predictions, partition).map((record) => json<Prediction>(record));
  }

  /** Those handed in by a learner, in their order. */
  parts(partition: number): ModelMergeRecord[] {
    return this.records(TOPICS.modelMerge, partition)
      .map(({ value }) => decodeModelMergeRecord(value))
      .filter(({ state }) => state.length > 0);
  }

  records(topic: string, partition: number): LogRecord[] {
    const name = `${topic}/${partition}`;
    const records = this.log.get(name) ?? [];
    this.log.set(name, records);
    return records;
  }

  private learner(partition: number): PartitionLearner {
    const { partitions, options } = this;
    const windowAt = (offset: number) => this.records(TOPICS.windows, partition)[offset]?.value ?? null;
    return new PartitionLearner({ ...options, partition, partitions }, { ...this.world(), windowAt });
  }

  private merger(): ModelMerger {
    return new ModelMerger({ ...this.options, partitions: this.partitions }, this.world());
  }

  private world() {
    return {
      artifacts: { read: (name: string) => (this.isThere(name) ? (this.artifacts.get(name) ?? null) : null) },
      digest: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex'),
    };
  }

  private outputs({ processor, partition }: Worker): Outputs {
    // What the merger writes is read as one topic.
    const to = processor instanceof ModelMerger ? 0 : partition;
    return {
      suppressed: false,
      emit: (topic, _key, value) => void this.append(topic, to, value),
      artifact: (name, bytes) => void this.artifacts.set(name, bytes),
      discard: (name) => void this.artifacts.delete(name),
    };
  }
}
