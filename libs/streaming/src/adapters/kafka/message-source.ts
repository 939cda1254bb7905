import type { Consumer } from 'kafkajs';
import { clientOf } from './client-of.js';
import type { KafkaOptions } from './kafka-options.js';

/**
 * The messages of somebody else's topic, each at least once: one is taken as read when the promise of `take` has been
 * resolved, and comes again if the process dies before. Readers of one group share the topic's partitions.
 */
export class MessageSource {
  private readonly consumer: Consumer;

  constructor(
    options: Omit<KafkaOptions, 'prefix' | 'cacheBytes'>,
    private readonly topic: string,
    group: string,
  ) {
    this.consumer = clientOf(options, 'hark-source').consumer({
      groupId: group,
      readUncommitted: false,
      // What is under way is waited for at a stop.
      maxWaitTimeInMs: 500,
    });
  }

  /** Resolves when reading has begun; waits for Kafka. A `take` that is rejected gets the same messages again. */
  async start(take: (values: readonly Buffer[]) => Promise<void>): Promise<void> {
    const { consumer, topic } = this;
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale }) => {
        const last = batch.messages.at(-1)?.offset;
        if (!isRunning() || isStale() || last === undefined) return;
        await take(batch.messages.flatMap(({ value }) => (value === null ? [] : [value])));
        resolveOffset(last);
        const offset = String(BigInt(last) + 1n);
        await consumer.commitOffsets([{ topic, partition: batch.partition, offset }]);
        await heartbeat();
      },
    });
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }
}
