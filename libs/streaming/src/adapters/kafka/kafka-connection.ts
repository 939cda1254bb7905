import { setTimeout as sleep } from 'node:timers/promises';
import type { Compression } from './compression.js';
import { meaningOf, protocolType } from './kafka-errors.js';
import type { KafkaOptions } from './kafka-options.js';
import {
  committedMessages,
  protocolCluster,
  READ_COMMITTED,
  READ_UNCOMMITTED,
  type ProtocolBroker,
  type ProtocolCluster,
  type ProtocolMessage,
} from './kafkajs-protocol.js';

/** A place in Kafka, with Kafka's own numbering: transaction markers take offsets too. */
export interface Place {
  /** With the prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly kafkaOffset: number;
}

/** What stands in a partition from some place on. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly ProtocolMessage[];
  /** Kafka's offset to go on from. */
  readonly next: number;
  /** Kafka's offset before which everything is decided. */
  readonly stable: number;
}

/**
 * One line to the cluster. A broker answers the requests of a connection one after the other, so what may have to
 * wait for data has a connection of its own. After any failure the connection is made anew.
 */
export class KafkaConnection {
  private cluster: Promise<ProtocolCluster> | null = null;
  private readonly topics = new Set<string>();

  constructor(private readonly options: KafkaOptions) {}

  get compression(): Compression {
    return this.options.compression ?? 'gzip';
  }

  /**
   * Does something with the cluster.
   * @throws LogAwayError, KafkaRefusalError
   */
  async with<T>(work: (cluster: ProtocolCluster) => Promise<T>): Promise<T> {
    const connecting = (this.cluster ??= this.connect());
    try {
      return await work(await connecting);
    } catch (error) {
      if (this.cluster === connecting) this.cluster = null;
      void connecting.then((cluster) => cluster.disconnect()).catch(() => undefined);
      throw meaningOf(error);
    }
  }

  /** The same, of the broker that leads a partition. */
  async leader<T>(
    topic: string,
    partition: number,
    work: (broker: ProtocolBroker) => Promise<T>,
  ): Promise<T> {
    return this.with(async (cluster) => work(await this.leaderOf(cluster, topic, partition)));
  }

  /** What stands at these places, all led by one broker; waits up to `waitMs` while nothing does. */
  async fetch(places: readonly Place[], maxBytes: number, waitMs: number): Promise<Fetched[]> {
    const [{ topic, partition }] = places;
    const answer = await this.leader(topic, partition, (broker) =>
      broker.fetch({
        replicaId: -1,
        isolationLevel: READ_COMMITTED,
        maxWaitTime: waitMs,
        minBytes: 1,
        maxBytes: Math.max(maxBytes, 1),
        topics: places.map((place) => ({
          topic: place.topic,
          partitions: [
            {
              partition: place.partition,
              fetchOffset: String(place.kafkaOffset),
              maxBytes: Math.max(maxBytes, 1),
            },
          ],
        })),
      }),
    );
    return answer.responses.flatMap(({ topicName, partitions }) =>
      partitions.map((data) => {
        const from = places.find((p) => p.topic === topicName && p.partition === data.partition)!.kafkaOffset;
        const last = data.messages.at(-1);
        return {
          topic: topicName,
          partition: data.partition,
          messages: committedMessages(data).filter(({ offset }) => Number(offset) >= from),
          next: last === undefined ? from : Math.max(from, Number(last.offset) + 1),
          stable: Number(data.lastStableOffset),
        };
      }),
    );
  }

  /** Kafka's offset before which everything is decided. */
  async stableEnd(topic: string, partition: number): Promise<number> {
    return this.lastOffset(topic, partition, READ_COMMITTED);
  }

  /** Kafka's offset behind everything that was written, decided or not: whoever has committed it may know that it stands. */
  async writtenEnd(topic: string, partition: number): Promise<number> {
    return this.lastOffset(topic, partition, READ_UNCOMMITTED);
  }

  private async lastOffset(topic: string, partition: number, isolationLevel: number): Promise<number> {
    const answer = await this.leader(topic, partition, (broker) =>
      broker.listOffsets({ ...lastOffset(topic, partition), isolationLevel }),
    );
    return Number(answer.responses[0].partitions[0].offset);
  }

  /** The node that leads a partition. */
  leaderId(topic: string, partition: number): Promise<string> {
    return this.with((cluster) => this.findLeader(cluster, topic, partition));
  }

  /**
   * How many partitions these topics have; waits for topics that are only just made until each partition is answered
   * for.
   */
  async partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.with(async (cluster) => {
      await whenHeardOf(() => cluster.addMultipleTargetTopics(topics));
      for (const topic of topics) this.topics.add(topic);
      const found = new Map<string, number>();
      for (const topic of topics) {
        const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
        for (const partition of partitions)
          await whenHeardOf(async () => {
            const broker = await this.leaderOf(cluster, topic, partition);
            await broker.listOffsets(lastOffset(topic, partition));
          });
        found.set(topic, partitions.length);
      }
      return found;
    });
  }

  async close(): Promise<void> {
    const connecting = this.cluster;
    this.cluster = null;
    await connecting?.then((cluster) => cluster.disconnect()).catch(() => undefined);
  }

  private async connect(): Promise<ProtocolCluster> {
    const cluster = protocolCluster(this.options);
    try {
      await cluster.connect();
      await cluster.addMultipleTargetTopics([...this.topics]);
      return cluster;
    } catch (error) {
      await cluster.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private async leaderOf(
    cluster: ProtocolCluster,
    topic: string,
    partition: number,
  ): Promise<ProtocolBroker> {
    return cluster.findBroker({ nodeId: await this.findLeader(cluster, topic, partition) });
  }

  private async findLeader(cluster: ProtocolCluster, topic: string, partition: number): Promise<string> {
    if (!this.topics.has(topic)) {
      await cluster.addMultipleTargetTopics([topic]);
      this.topics.add(topic);
    }
    const found = cluster
      .findTopicPartitionMetadata(topic)
      .find(({ partitionId }) => partitionId === partition);
    if (found === undefined || found.leader < 0) throw new Error(`${topic}/${partition} has no leader yet`);
    return String(found.leader);
  }
}

function lastOffset(topic: string, partition: number) {
  return {
    replicaId: -1,
    isolationLevel: READ_COMMITTED,
    topics: [{ topic, partitions: [{ partition, timestamp: '-1' }] }],
  };
}

/** What a broker says of a topic that is only just made. */
const NOT_YET: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
]);

async function whenHeardOf(work: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!NOT_YET.has(protocolType(error)) || attempt === 500) throw error;
      await sleep(20);
    }
  }
}
