import { TOPICS } from '@hark/contracts';
import { createFeatureExtractor } from '@hark/features';
import {
  Health,
  RunnerHost,
  recordedWindowSettings,
  type PartitionWork,
  type ServiceContext,
  type SharedWork,
} from '@hark/service';
import { Windower, type ArtifactStore } from '@hark/streaming';
import type { KafkaLog, KafkaWriter } from '@hark/streaming/adapters';
import { Registry } from 'prom-client';
import { FrontDoor } from '../front-door/front-door.js';
import { IdleClock } from '../idle-clock.js';
import type { ingestSettings } from '../settings.js';

export interface IngestPartitionOptions {
  readonly log: KafkaLog;
  readonly artifacts: ArtifactStore;
  readonly settings: ReturnType<typeof ingestSettings>;
  /** Where this process is reached by the others. */
  readonly address: string;
  /** What there is once in the service, done where the first partition is. */
  readonly single: (writer: KafkaWriter) => Promise<PartitionWork>;
}

/** Front door and windower of one partition: its samples, windows and refused rows, with a writer of its own. */
export class IngestPartition implements SharedWork {
  private constructor(
    readonly partition: number,
    readonly writer: KafkaWriter,
    readonly windower: Windower,
    readonly frontDoor: FrontDoor,
    private readonly host: RunnerHost,
    private readonly health: Health,
    private readonly idle: IdleClock,
    readonly metrics: Registry,
    private readonly single: PartitionWork | null,
  ) {}

  /** Takes the partition over from whoever held it, and goes on where it was left. */
  static async open(
    partition: number,
    options: IngestPartitionOptions,
    { logger }: Pick<ServiceContext, 'logger'>,
  ): Promise<IngestPartition> {
    const { log, artifacts, settings, address } = options;
    const writer = await log.writer('ingest', partition, address);
    try {
      const { windows, activities, HARK_IDLE_TIMEOUT_MS: idleTimeoutMs } = settings;
      const windower = new Windower(windows, createFeatureExtractor(windows.sizeMs / 1000));
      const health = new Health();
      const metrics = new Registry();
      const host = new RunnerHost(
        {
          ...{ name: 'windower', log, writer, artifacts, partition },
          processor: windower,
          inputs: [{ topic: TOPICS.samples, partition }],
          maxStepBytes: 512 * 1024,
          maxLongStepBytes: 4 * 1024 * 1024,
          snapshotEveryBytes: 8 * 1024 * 1024,
          settings: { topic: TOPICS.ingestSettings, ...recordedWindowSettings(settings) },
          maxLagRecords: 1000,
        },
        // Those of all partitions are told together, by partition.
        { logger: logger.child({ partition }), health, metrics },
      );
      await host.recover();
      const frontDoor = await FrontDoor.open({
        ...{ writer, activities, idleTimeoutMs, partition },
        devices: windower.openDevices(),
        nowMs: Date.now(),
      });
      const idle = new IdleClock(frontDoor, idleTimeoutMs, logger);
      const single = partition === 0 ? await options.single(writer) : null;
      return new IngestPartition(
        ...([partition, writer, windower, frontDoor, host, health, idle, metrics, single] as const),
      );
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  async run(): Promise<void> {
    this.idle.start();
    await Promise.all([this.host.run(), this.single?.run()]);
  }

  async stop(): Promise<void> {
    await this.idle.stop();
    await this.single?.stop();
    await this.host.stop();
    await this.writer.close();
  }

  /** Null when all is well. */
  async missing(): Promise<string | null> {
    const [missing] = Object.values(await this.health.notReady());
    return this.frontDoor.unavailable() ?? missing ?? null;
  }
}
