import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaConnection } from './kafka-connection.js';
import type { KafkaOptions } from './kafka-options.js';
import { KafkaRefusalError, protocolType } from './kafka-errors.js';
import { kafkajs } from './load-kafkajs.js';
import { makeTopics } from './topic-plan.js';
import { Transactions, type OutgoingPartition } from './transactions.js';

/** A message for a topic of somebody else. */
export interface DeliveredMessage {
  /** Messages of one key go to one partition; null = none. */
  readonly key: string | null;
  readonly value: string;
}

/** How far each delivery has come: one message each, the last one of a key counts. */
const POSITIONS = 'report-sinks';
const LATEST = { 'cleanup.policy': 'compact', 'segment.ms': '600000' };
const READ_BYTES = 1 << 20;
const READ_UNCOMMITTED = 0;
const WAIT_MS = 20;

/**
 * Writes to topics of somebody else, exactly once as a reader of committed messages sees it: messages, and the
 * position that they were made from, are one transaction. After any error {@link begin} anew, and go on from the
 * position that it gives.
 */
export class TopicDelivery {
  private readonly connection: KafkaConnection;
  private readonly transactions: Transactions;
  private readonly partitions = new Map<string, number>();

  /** @param id of the delivery: its transactional id, and the key of its position. */
  constructor(
    private readonly options: Omit<KafkaOptions, 'cacheBytes'>,
    private readonly id: string,
  ) {
    this.connection = new KafkaConnection({ ...options, cacheBytes: 0 });
    this.transactions = new Transactions(`${options.prefix}${id}`, this.connection);
  }

  /**
   * Makes this the only one that delivers under the id: what another has under way is taken back.
   * @returns the position that was delivered last, null where none was.
   * @throws LogAwayError, KafkaRefusalError
   */
  async begin(): Promise<string | null> {
    const { prefix, replication } = this.options;
    this.partitions.clear();
    await makeTopics(
      this.connection,
      prefix,
      [{ topic: POSITIONS, partitions: 1, config: LATEST }],
      replication,
    );
    await this.transactions.begin();
    return this.position();
  }

  /**
   * Resolves when all of it stands; a topic that is not there is made, with one partition. Messages without keys go to
   * one partition together.
   * @throws LogAwayError, KafkaRefusalError
   */
  async deliver(topic: string, messages: readonly DeliveredMessage[], position: string): Promise<void> {
    await this.commit([...(await this.placed(topic, messages)), this.placedPosition(position)]);
  }

  /**
   * Stores a position alone.
   * @throws LogAwayError, KafkaRefusalError
   */
  async stand(position: string): Promise<void> {
    await this.commit([this.placedPosition(position)]);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async commit(outgoing: readonly OutgoingPartition[]): Promise<void> {
    try {
      await this.transactions.write(outgoing);
      await this.transactions.end();
    } catch (error) {
      // Taken back at once: readers wait for what is undecided.
      if (error instanceof KafkaRefusalError) await this.transactions.begin().catch(() => undefined);
      throw error;
    }
  }

  private placedPosition(position: string): OutgoingPartition {
    const messages = [{ key: Buffer.from(this.id), value: Buffer.from(position) }];
    return { topic: this.options.prefix + POSITIONS, partition: 0, messages };
  }

  private async placed(topic: string, messages: readonly DeliveredMessage[]): Promise<OutgoingPartition[]> {
    const count = await this.partitionsOf(topic);
    const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
      ...{ partitionId, leader: 0, partitionErrorCode: 0 },
      ...{ replicas: [], isr: [] },
    }));
    // As Java's clients choose it.
    const partitionOf = kafkajs().Partitioners.DefaultPartitioner();
    const byPartition = new Map<number, { key: Buffer | null; value: Buffer }[]>();
    for (const { key, value } of messages) {
      const partition = key === null ? 0 : partitionOf({ topic, partitionMetadata, message: { key, value } });
      const there = byPartition.get(partition) ?? [];
      byPartition.set(partition, there);
      there.push({ key: key === null ? null : Buffer.from(key), value: Buffer.from(value) });
    }
    return [...byPartition].map(([partition, placed]) => ({ topic, partition, messages: placed }));
  }

  private async partitionsOf(topic: string): Promise<number> {
    const known = this.partitions.get(topic);
    if (known !== undefined) return known;
    const { connection } = this;
    if (!(await this.exists(topic)))
      await makeTopics(connection, '', [{ topic, partitions: 1, config: {} }], this.options.replication);
    const found = (await connection.partitionsOf([topic])).get(topic)!;
    this.partitions.set(topic, found);
    return found;
  }

  private exists(topic: string): Promise<boolean> {
    return this.connection.with(async (cluster) => {
      try {
        await cluster.addMultipleTargetTopics([topic]);
        return true;
      } catch (error) {
        if (protocolType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
        throw error;
      }
    });
  }

  /** Others deliver meanwhile: what comes after an undecided transaction of theirs is not to be seen until it is. */
  private async position(): Promise<string | null> {
    const { connection } = this;
    const topic = this.options.prefix + POSITIONS;
    const end = await connection.leader(topic, 0, async (broker) => {
      const partitions = [{ partition: 0, timestamp: '-1' }];
      const request = { replicaId: -1, isolationLevel: READ_UNCOMMITTED, topics: [{ topic, partitions }] };
      return Number((await broker.listOffsets(request)).responses[0].partitions[0].offset);
    });
    let last: string | null = null;
    for (let kafkaOffset = 0; ;) {
      const [fetched] = await connection.fetch([{ topic, partition: 0, kafkaOffset }], READ_BYTES, 0);
      for (const { key, value } of fetched.messages)
        if (String(key) === this.id && value !== null) last = value.toString();
      if (fetched.next === kafkaOffset) {
        if (fetched.stable >= end) return last;
        await sleep(WAIT_MS);
      }
      kafkaOffset = fetched.next;
    }
  }
}
