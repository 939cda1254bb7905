import { KafkaConnection } from './kafka-connection.js';
import type { KafkaOptions } from './kafka-options.js';
import { READ_COMMITTED } from './kafkajs-protocol.js';

/** What a partition of a topic holds: `from` the first message (included), `to` the end of what is decided. */
export interface TopicExtent {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Messages of a partition from some offset on. */
export interface TopicMessages {
  /** Values in their order; null = a tombstone. */
  readonly values: readonly (string | null)[];
  /** Where to go on; the same offset where nothing is left. */
  readonly next: number;
}

/** Reads committed messages of topics of somebody else, at the offsets that the caller keeps. */
export class TopicReader {
  private readonly connection: KafkaConnection;

  constructor(options: Omit<KafkaOptions, 'cacheBytes'>) {
    this.connection = new KafkaConnection({ ...options, cacheBytes: 0 });
  }

  /**
   * What there is now, a partition each. A topic that is not there is waited for, for some seconds.
   * @throws LogAwayError, KafkaRefusalError
   */
  async extent(topic: string): Promise<TopicExtent[]> {
    const { connection } = this;
    const partitions = (await connection.partitionsOf([topic])).get(topic) ?? 0;
    const extents: TopicExtent[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      const from = await connection.leader(topic, partition, async (broker) => {
        const partitions = [{ partition, timestamp: EARLIEST }];
        const request = { replicaId: -1, isolationLevel: READ_COMMITTED, topics: [{ topic, partitions }] };
        return Number((await broker.listOffsets(request)).responses[0].partitions[0].offset);
      });
      extents.push({ partition, from, to: await connection.stableEnd(topic, partition) });
    }
    return extents;
  }

  /** @throws LogAwayError, KafkaRefusalError */
  async read(topic: string, partition: number, from: number, maxBytes: number): Promise<TopicMessages> {
    const place = { topic, partition, kafkaOffset: from };
    const [{ messages, next }] = await this.connection.fetch([place], maxBytes, 0);
    return { values: messages.map(({ value }) => value && value.toString()), next };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

const EARLIEST = '-2';
