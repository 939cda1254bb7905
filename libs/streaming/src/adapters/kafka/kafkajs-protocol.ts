import type { ISocketFactory, SASLOptions } from 'kafkajs';
import type { KafkaOptions } from './kafka-options.js';
import { kafkajs, kafkajsFile } from './load-kafkajs.js';
import { encodeProduceRequest, PRODUCE_KEY, PRODUCE_VERSION, type ProducedBatch } from './produce-request.js';

/**
 * The layer of kafkajs below its consumer and producer: one method for each request of the protocol. Reading at any
 * offset and knowing where a produced record stands need it; a consumer can only be moved, and a producer's
 * transactions wait longer than the broker makes them.
 */
export interface ProtocolCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findBroker(node: { nodeId: string }): Promise<ProtocolBroker>;
  findControllerBroker(): Promise<ProtocolBroker>;
  findGroupCoordinatorMetadata(of: {
    groupId: string;
    coordinatorType: number;
  }): Promise<{ coordinator: { nodeId: number | string } }>;
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[];
  getNodeIds(): string[];
}

export interface ProtocolMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
}

export interface FetchedData {
  readonly partition: number;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { producerId: string; firstOffset: string }[] | null;
  readonly messages: readonly ProtocolMessage[];
}

export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly producerId: unknown;
  readonly producerEpoch: number;
}

export interface ProtocolBroker {
  readonly connectionPool: { send(request: object): Promise<unknown> };
  fetch(request: {
    replicaId: number;
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: readonly {
      topic: string;
      partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[];
    }[];
  }): Promise<{ responses: readonly { topicName: string; partitions: readonly FetchedData[] }[] }>;
  listOffsets(request: {
    replicaId: number;
    isolationLevel: number;
    topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: string }[] }[];
  }): Promise<{ responses: readonly { partitions: readonly { offset: string }[] }[] }>;
  initProducerId(request: {
    transactionalId: string;
    transactionTimeout: number;
  }): Promise<{ producerId: unknown; producerEpoch: number }>;
  addPartitionsToTxn(
    request: ProducerIdentity & { topics: readonly { topic: string; partitions: readonly number[] }[] },
  ): Promise<unknown>;
  endTxn(request: ProducerIdentity & { transactionResult: boolean }): Promise<unknown>;
  createTopics(request: {
    topics: readonly {
      topic: string;
      numPartitions: number;
      replicationFactor: number;
      configEntries: readonly { name: string; value: string }[];
    }[];
    timeout: number;
  }): Promise<unknown>;
}

export const READ_COMMITTED = 1;
export const READ_UNCOMMITTED = 0;
export const TRANSACTION_COORDINATOR = 1;

const PRODUCE_TIMEOUT_MS = 10_000;

/** What a broker says to batches that it has taken. */
export interface Produced {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[];
  }[];
}

/** Sends batches as they are: kafkajs would encode them with several copies, and compress all of them alike. */
export async function produce(
  broker: ProtocolBroker,
  identity: ProducerIdentity,
  batches: readonly ProducedBatch[],
): Promise<Produced> {
  const encode = () => {
    const buffer = encodeProduceRequest(identity, PRODUCE_TIMEOUT_MS, batches);
    return Promise.resolve({ buffer, buf: buffer });
  };
  const request = { apiKey: PRODUCE_KEY, apiVersion: PRODUCE_VERSION, apiName: 'Produce', encode };
  const response = kafkajsFile<object>(`protocol/requests/produce/v${PRODUCE_VERSION}/response`);
  return (await broker.connectionPool.send({ request, response })) as Produced;
}

type ClusterClass = new (options: object) => ProtocolCluster;
type LoggerFactory = { readonly createLogger: (options: object) => unknown };
type SocketFactory = () => ISocketFactory;
type AbortedFilter = (of: object) => ProtocolMessage[];

/** A cluster that is not connected yet. Whoever uses it repeats and reports; kafkajs itself says nothing. */
export function protocolCluster({ brokers, tls, sasl }: KafkaOptions): ProtocolCluster {
  const ssl = tls && {
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.certificate !== undefined && { cert: tls.certificate }),
    ...(tls.key !== undefined && { key: tls.key }),
  };
  const Cluster = kafkajsFile<ClusterClass>('cluster');
  const { createLogger } = kafkajsFile<LoggerFactory>('loggers');
  const { NOTHING } = kafkajs().logLevel;
  return new Cluster({
    brokers: [...brokers],
    ssl,
    sasl: sasl as SASLOptions | undefined,
    clientId: 'hark',
    logger: createLogger({ level: NOTHING, logCreator: () => () => undefined }),
    socketFactory: kafkajsFile<SocketFactory>('network/socketFactory')(),
    connectionTimeout: 3000,
    authenticationTimeout: 10_000,
    reauthenticationThreshold: 10_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    retry: { retries: 2, initialRetryTime: 30, maxRetryTime: 300, factor: 0.2, multiplier: 2 },
  });
}

/** The messages of a fetched partition that stand: no markers, nothing of a transaction that was taken back. */
export function committedMessages({ messages, abortedTransactions }: FetchedData): ProtocolMessage[] {
  const withoutAborted = kafkajsFile<AbortedFilter>('consumer/filterAbortedMessages');
  return withoutAborted({ messages, abortedTransactions }).filter(({ isControlRecord }) => !isControlRecord);
}
