import { TOPICS } from '@hark/contracts';
import { PartitionLearner, type LearnerOptions } from '@hark/models';
import { Health, RunnerHost, type PartitionWork, type ServiceContext, type SharedWork } from '@hark/service';
import type { ArtifactStore, RunnerSettings } from '@hark/streaming';
import type { KafkaLog, KafkaWriter } from '@hark/streaming/adapters';
import { Registry } from 'prom-client';
import { digest } from '../learner-parts.js';

export interface LearnerPartitionOptions {
  readonly log: KafkaLog;
  readonly artifacts: ArtifactStore;
  readonly options: LearnerOptions;
  readonly recorded: RunnerSettings;
  /** Where this process is reached. */
  readonly address: string;
  /** What there is once in the service, done where the first partition is. */
  readonly single: (writer: KafkaWriter) => Promise<PartitionWork>;
}

/** The learner of one partition: its windows, what it says of them and what it gives to the merger. */
export class LearnerPartition implements SharedWork {
  private constructor(
    readonly partition: number,
    readonly learner: PartitionLearner,
    readonly metrics: Registry,
    private readonly writer: KafkaWriter,
    private readonly host: RunnerHost,
    private readonly health: Health,
    private readonly single: PartitionWork | null,
  ) {}

  /** Takes the partition over from whoever held it, and goes on where it was left. */
  static async open(
    partition: number,
    { log, artifacts, options, recorded, address, single }: LearnerPartitionOptions,
    { logger }: Pick<ServiceContext, 'logger'>,
  ): Promise<LearnerPartition> {
    const writer = await log.writer('learner', partition, address);
    try {
      const learner = new PartitionLearner(
        { ...options, partition, partitions: log.partitions },
        {
          ...{ artifacts, digest },
          windowAt: (offset) => log.lookUp(TOPICS.windows, partition, offset)?.value ?? null,
        },
      );
      const health = new Health();
      const metrics = new Registry();
      const host = new RunnerHost(
        {
          ...{ name: 'learner', log, writer, artifacts, partition },
          processor: learner,
          // Versions and labels first: they take effect before the windows that wait behind them.
          inputs: [
            { topic: TOPICS.models, partition: 0 },
            { topic: TOPICS.labels, partition: 0 },
            { topic: TOPICS.windows, partition },
          ],
          maxStepBytes: 256 * 1024,
          snapshotEveryBytes: 2 * 1024 * 1024,
          settings: recorded,
        },
        // Those of all partitions are told together, by partition.
        { logger: logger.child({ partition }), health, metrics },
      );
      await host.recover();
      const once = partition === 0 ? await single(writer) : null;
      return new LearnerPartition(partition, learner, metrics, writer, host, health, once);
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  async run(): Promise<void> {
    await Promise.all([this.host.run(), this.single?.run()]);
  }

  async stop(): Promise<void> {
    await this.single?.stop();
    await this.host.stop();
    await this.writer.close();
  }

  async missing(): Promise<string | null> {
    const [missing] = Object.values(await this.health.notReady());
    const { unread } = this.learner.status();
    if (missing !== undefined || unread === null) return missing ?? null;
    return `the file of version ${unread} can't be read: all learners need the same folder artifacts/`;
  }
}
