import { PartitionGroup, type KafkaOptions } from '@hark/streaming/adapters';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceContext } from '../service-context.js';
import { HeldPartitions, type PartitionWork } from './held-partitions.js';

/** What a process does for one partition, as its app's status page and metrics tell of it. */
export interface SharedWork extends PartitionWork {
  readonly partition: number;
  /** Null when all is well. */
  missing(): Promise<string | null>;
}

export interface SharedPartitionsOptions<Work extends SharedWork> {
  readonly app: string;
  readonly kafka: KafkaOptions;
  readonly partitions: number;
  /**
   * Takes a partition over from whoever worked it, and brings it to where it was left.
   * @param address where this process is reached.
   */
  readonly open: (partition: number, address: string) => Promise<Work>;
}

/** By then a process has heard of an assignment: heartbeats are twice a second. */
const TAKEN_BACK_MS = 3000;

/** The partitions of an app of which several processes run: shared out by a group, each worked by one of them. */
export class SharedPartitions<Work extends SharedWork> {
  private readonly partitions: HeldPartitions<Work>;
  private readonly group: PartitionGroup;
  private address = '';
  private fail: (error: unknown) => void = () => undefined;
  private readonly failure = new Promise<never>((_, reject) => (this.fail = reject));

  constructor(
    options: SharedPartitionsOptions<Work>,
    { logger, health }: Pick<ServiceContext, 'logger' | 'health'>,
  ) {
    const { app, kafka, partitions, open } = options;
    // Looked at once the app runs.
    this.failure.catch(() => undefined);
    this.partitions = new HeldPartitions({
      open: (partition) => open(partition, this.address),
      onChange: (partition, isHeld) =>
        logger.info({ partition }, isHeld ? 'works a partition' : 'gives a partition up'),
      onFailure: this.fail,
      pause: () => sleep(TAKEN_BACK_MS, undefined, { ref: false }),
    });
    this.group = new PartitionGroup({
      ...{ ...kafka, app, partitions, onFailure: this.fail },
      holds: () => this.partitions.held,
      onAssigned: (assigned) => this.partitions.assign(assigned),
    });
    health.require('partitions', () => this.missing());
    health.report('partitions', () => ({
      all: partitions,
      held: this.partitions.held,
      address: this.address,
    }));
  }

  /** The work of a partition; null where it is not worked here, or not yet. */
  get(partition: number): Work | null {
    return this.partitions.get(partition);
  }

  /** Everything that is worked here. */
  get all(): Work[] {
    return this.partitions.all;
  }

  /** Takes part until {@link stop}; rejects when this process can't go on. @param address where it is reached. */
  async run(address: string): Promise<void> {
    this.address = address;
    await this.group.join();
    await this.failure;
  }

  /** Stops all work; the others get this process's partitions at once. */
  async stop(): Promise<void> {
    await this.partitions.stop();
    await this.group.leave();
  }

  private async missing(): Promise<string | null> {
    const missing = this.partitions.missing();
    if (missing !== null) return missing;
    for (const work of this.all) {
      const reason = await work.missing();
      if (reason !== null) return `${work.partition}: ${reason}`;
    }
    return null;
  }
}
