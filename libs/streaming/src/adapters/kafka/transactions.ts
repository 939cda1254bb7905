import { setTimeout as sleep } from 'node:timers/promises';
import { protocolType } from './kafka-errors.js';
import { Compressor } from './compression.js';
import type { KafkaConnection } from './kafka-connection.js';
import {
  produce,
  TRANSACTION_COORDINATOR,
  type ProducerIdentity,
  type ProtocolBroker,
  type ProtocolCluster,
} from './kafkajs-protocol.js';
import { encodeRecordBatch, type OutgoingMessage } from './record-batch.js';

export interface OutgoingPartition {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly OutgoingMessage[];
}

/** A transaction that its process leaves standing holds its readers up for this long at most. */
const TRANSACTION_TIMEOUT_MS = 10_000;
/** A batch of messages is one unit for the broker, which refuses large ones. */
const MAX_BATCH_BYTES = 768 << 10;
const MAX_SEQUENCE = 0x7fff_ffff;
const PATIENCE = 3000;

/**
 * Atomic writes under one transactional id. {@link begin} makes this the only writer of that id: what another one
 * has under way is taken back, and its next request is refused.
 */
export class Transactions {
  private identity: ProducerIdentity | null = null;
  private readonly sequences = new Map<string, number>();
  private readonly added = new Set<string>();
  private readonly compressor: Compressor;
  /** Asked for once with each cluster that was connected to: after any failure there is another. */
  private readonly coordinators = new WeakMap<ProtocolCluster, string>();

  constructor(
    private readonly transactionalId: string,
    private readonly connection: KafkaConnection,
  ) {
    this.compressor = new Compressor(connection.compression);
  }

  /** Takes the id over; resolves when whatever was under way is decided, and readers see how. */
  async begin(): Promise<void> {
    this.sequences.clear();
    this.added.clear();
    const { transactionalId } = this;
    const { producerId, producerEpoch } = await this.coordinator((broker) =>
      broker.initProducerId({ transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS }),
    );
    this.identity = { transactionalId, producerId, producerEpoch };
  }

  /**
   * Says which partitions the transaction is going to write to: {@link write} does so by itself, with a request each
   * time.
   */
  async announce(partitions: readonly Pick<OutgoingPartition, 'topic' | 'partition'>[]): Promise<void> {
    const missing = partitions.filter(({ topic, partition }) => !this.added.has(`${topic}/${partition}`));
    if (missing.length === 0) return;
    const topics = [...new Set(missing.map(({ topic }) => topic))].map((topic) => ({
      topic,
      partitions: missing.filter((one) => one.topic === topic).map(({ partition }) => partition),
    }));
    await this.coordinator((broker) => broker.addPartitionsToTxn({ ...this.known(), topics }));
    for (const { topic, partition } of missing) this.added.add(`${topic}/${partition}`);
  }

  /** Writes within the transaction. @returns Kafka's offset of the first message of each partition given. */
  async write(partitions: readonly OutgoingPartition[]): Promise<number[]> {
    await this.announce(partitions);
    const first = partitions.map(() => NaN);
    const rounds = partitions.map(({ messages }) => batches(messages));
    for (let round = 0; rounds.some((of) => round < of.length); round++) {
      const byLeader = new Map<string, number[]>();
      for (let i = 0; i < partitions.length; i++) {
        if (round >= rounds[i].length) continue;
        const leader = await this.connection.leaderId(partitions[i].topic, partitions[i].partition);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), i]);
      }
      for (const indices of byLeader.values()) {
        const offsets = await this.produce(
          indices.map((i) => ({ ...partitions[i], messages: rounds[i][round] })),
        );
        indices.forEach((index, i) => {
          if (round === 0) first[index] = offsets[i];
        });
      }
    }
    return first;
  }

  /** Makes everything written since the last end visible at once. */
  async end(): Promise<void> {
    if (this.added.size === 0) return;
    await this.coordinator((broker) => broker.endTxn({ ...this.known(), transactionResult: true }));
    this.added.clear();
  }

  private async produce(partitions: readonly OutgoingPartition[]): Promise<number[]> {
    const { producerId, producerEpoch } = this.known();
    const timestamp = Date.now();
    const [{ topic, partition }] = partitions;
    const sequences = partitions.map((one) => this.sequences.get(`${one.topic}/${one.partition}`) ?? 0);
    const batches = partitions.map(({ topic, partition, messages }, i) => {
      const origin = { producerId: BigInt(String(producerId)), producerEpoch, firstSequence: sequences[i] };
      const batch = encodeRecordBatch(topic, messages, origin, timestamp, this.compressor);
      return { topic, partition, batch };
    });
    const answer = await this.connection.leader(topic, partition, (broker) =>
      produce(broker, this.known(), batches),
    );
    partitions.forEach((one, i) => {
      const next = sequences[i] + one.messages.length;
      this.sequences.set(
        `${one.topic}/${one.partition}`,
        next > MAX_SEQUENCE ? next - MAX_SEQUENCE - 1 : next,
      );
    });
    return partitions.map((one) => {
      const written = answer.topics.find(({ topicName }) => topicName === one.topic)!;
      return Number(written.partitions.find((of) => of.partition === one.partition)!.baseOffset);
    });
  }

  /**
   * Asks the coordinator; again and again while it says that it is still busy with the transaction before, whose
   * markers it writes after it has answered.
   */
  private coordinator<T>(work: (broker: ProtocolBroker) => Promise<T>): Promise<T> {
    return this.connection.with(async (cluster) => {
      const broker = await cluster.findBroker({ nodeId: await this.coordinatorId(cluster) });
      for (let attempt = 0; ; attempt++) {
        try {
          return await work(broker);
        } catch (error) {
          if (!BUSY.has(protocolType(error)) || attempt === PATIENCE) throw error;
          await sleep(attempt < 50 ? 1 : 5);
        }
      }
    });
  }

  private async coordinatorId(cluster: ProtocolCluster): Promise<string> {
    const known = this.coordinators.get(cluster);
    if (known !== undefined) return known;
    const { coordinator } = await cluster.findGroupCoordinatorMetadata({
      groupId: this.transactionalId,
      coordinatorType: TRANSACTION_COORDINATOR,
    });
    const found = String(coordinator.nodeId);
    this.coordinators.set(cluster, found);
    return found;
  }

  private known(): ProducerIdentity {
    if (this.identity === null) throw new Error('a transaction begins with begin()');
    return this.identity;
  }
}

const BUSY: ReadonlySet<string> = new Set(['CONCURRENT_TRANSACTIONS', 'GROUP_LOAD_IN_PROGRESS']);

function batches(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const all: OutgoingMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    if (bytes + message.value.length > MAX_BATCH_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all[all.length - 1].push(message);
    bytes += message.value.length;
  }
  return all;
}
