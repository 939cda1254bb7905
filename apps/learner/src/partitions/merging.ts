import { TOPICS } from '@hark/contracts';
import { ModelMerger, type LearnerOptions } from '@hark/models';
import {
  Health,
  RunnerHost,
  SEQUENCED_TOPICS,
  abortableSleep,
  type PartitionWork,
  type ServiceContext,
} from '@hark/service';
import { Sequencer, type ArtifactStore, type RunnerSettings } from '@hark/streaming';
import type { KafkaLog, KafkaWriter } from '@hark/streaming/adapters';
import { Registry, type Metric } from 'prom-client';
import { digest } from '../learner-parts.js';

export interface MergingOptions {
  readonly log: KafkaLog;
  readonly artifacts: ArtifactStore;
  readonly options: LearnerOptions;
  readonly recorded: RunnerSettings;
}

/** What several learners have once: the model that is merged of all of theirs, and the order of what they write. */
export class Merging implements PartitionWork {
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly sequencer: Sequencer,
    private readonly host: RunnerHost,
    private readonly measured: Registry,
    private readonly context: ServiceContext,
  ) {}

  static async open(
    writer: KafkaWriter,
    { log, artifacts, options, recorded }: MergingOptions,
    context: ServiceContext,
  ): Promise<Merging> {
    const { partitions } = log;
    const sequencer = new Sequencer({
      ...{ log, writer, partitions, topics: SEQUENCED_TOPICS.learner, sleep: abortableSleep },
    });
    await sequencer.recover();
    const metrics = new Registry();
    const health = new Health();
    const merger = new ModelMerger({ ...options, partitions }, { artifacts, digest });
    const host = new RunnerHost(
      {
        ...{ name: 'model-merger', log, writer, artifacts },
        processor: merger,
        inputs: [
          { topic: TOPICS.commands, partition: 0 },
          ...Array.from({ length: partitions }, (_, partition) => ({ topic: TOPICS.modelMerge, partition })),
        ],
        maxStepBytes: 1024 * 1024,
        snapshotEveryBytes: 4 * 1024 * 1024,
        settings: recorded,
      },
      { logger: context.logger, health, metrics },
    );
    await host.recover();
    context.health.require('merger', async () => (await health.notReady())['model-merger'] ?? null);
    context.health.report('merger', async () => ({ ...(await host.status()), ...merger.status() }));
    for (const metric of metrics.getMetricsAsArray())
      context.metrics.registerMetric(metric as unknown as Metric);
    return new Merging(sequencer, host, metrics, context);
  }

  run(): Promise<void> {
    const work = [this.sequencer.run(this.ending.signal), this.host.run()];
    this.running = Promise.allSettled(work);
    return Promise.all(work).then(() => undefined);
  }

  async stop(): Promise<void> {
    const { metrics, health } = this.context;
    this.ending.abort();
    await this.host.stop();
    await this.running;
    for (const { name } of this.measured.getMetricsAsArray()) metrics.removeSingleMetric(name);
    health.require('merger', () => null);
    health.report('merger', () => null);
  }
}
