import { TOPICS } from '@hark/contracts';
import type { LearnerOptions } from '@hark/models';
import {
  SharedPartitions,
  ownAddress,
  registerPartitionMetrics,
  sharedRunnerStatus,
  type RunnerOfPartitions,
  type ServiceContext,
} from '@hark/service';
import type { ArtifactStore, Log, RunnerSettings } from '@hark/streaming';
import type { KafkaLog, KafkaOptions, KafkaWriter } from '@hark/streaming/adapters';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerLearnerMetrics } from '../learner-metrics.js';
import type { learnerSettings } from '../settings.js';
import { LearnerPartition } from './learner-partition.js';
import { openMerging } from './merging.js';

export interface PartitionedLearnerOptions {
  readonly kafka: KafkaOptions;
  readonly log: KafkaLog;
  /** The same, its partitions read as one. */
  readonly sequenced: Log;
  readonly artifacts: ArtifactStore;
  readonly settings: ReturnType<typeof learnerSettings>;
  readonly options: LearnerOptions;
  readonly recorded: RunnerSettings;
}

const LEARNER: RunnerOfPartitions = {
  ...{ app: 'learner', runner: 'learner', input: TOPICS.windows, output: TOPICS.predictions },
};

/** One of several learners: learns the partitions that it is given, and answers by what all of them have learned. */
export function partitionedLearner(parts: PartitionedLearnerOptions, context: ServiceContext) {
  const { kafka, log, sequenced, artifacts, settings, options, recorded } = parts;
  const { health, metrics } = context;
  const single = (writer: KafkaWriter) => openMerging(writer, { log, artifacts, options, recorded }, context);
  const held = new SharedPartitions<LearnerPartition>(
    {
      ...{ app: 'learner', kafka, partitions: log.partitions },
      open: (partition, address) =>
        LearnerPartition.open(partition, { log, artifacts, options, recorded, address, single }, context),
    },
    context,
  );
  health.report('learner', () => sharedRunnerStatus(log, sequenced, LEARNER));
  health.report('models', () => held.all.map(({ learner }) => learner.status()));
  registerPartitionMetrics(metrics, 'learner', () => held.all);
  registerLearnerMetrics(
    metrics,
    () =>
      held.all.map(({ partition, learner }) => ({
        labels: { partition: String(partition) },
        status: learner.status(),
      })),
    ['partition'],
  );
  let server: Server;
  return {
    configure: (app: NestExpressApplication) => {
      server = app.getHttpServer() as Server;
    },
    run: () => {
      const { port } = server.address() as AddressInfo;
      return held.run(ownAddress(undefined, settings.HARK_HOST, port));
    },
    stop: async () => {
      await held.stop();
      await log.close();
    },
  };
}
