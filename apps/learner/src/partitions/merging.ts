import { TOPICS } from '@hark/contracts';
import { ModelMerger, type LearnerOptions } from '@hark/models';
import {
  FirstPartitionWork,
  Health,
  RunnerHost,
  SEQUENCED_TOPICS,
  type PartitionWork,
  type ServiceContext,
} from '@hark/service';
import type { ArtifactStore, RunnerSettings } from '@hark/streaming';
import type { KafkaLog, KafkaWriter } from '@hark/streaming/adapters';
import type { Registry } from 'prom-client';
import { digest } from '../learner-parts.js';

export interface MergingOptions {
  readonly log: KafkaLog;
  readonly artifacts: ArtifactStore;
  readonly options: LearnerOptions;
  readonly recorded: RunnerSettings;
}

/** What several learners have once: the model that is merged of all of theirs, and the order of what they write. */
export function openMerging(
  writer: KafkaWriter,
  options: MergingOptions,
  context: ServiceContext,
): Promise<PartitionWork> {
  const { log } = options;
  const topics = SEQUENCED_TOPICS.learner;
  const beside = (metrics: Registry) => openMerger(writer, options, metrics, context);
  return FirstPartitionWork.open({ log, writer, topics, beside }, context);
}

async function openMerger(
  writer: KafkaWriter,
  { log, artifacts, options, recorded }: MergingOptions,
  metrics: Registry,
  context: ServiceContext,
): Promise<PartitionWork> {
  const { partitions } = log;
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
  return {
    run: () => host.run(),
    stop: async () => {
      await host.stop();
      context.health.require('merger', () => null);
      context.health.report('merger', () => null);
    },
  };
}
