import type { TopicOwners } from '../../log/topic-owners.js';
import type { KafkaConnection } from './kafka-connection.js';
import { KafkaRefusalError, protocolType } from './kafka-errors.js';

/** The largest message that a topic takes: a record of that size is refused. */
export const MAX_MESSAGE_BYTES = 16 << 20;

export interface PlannedTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Identity of the log: one message, written by whoever opens it first. */
export const LOG_TOPIC = 'log';
/** What the runners of an app have taken, one partition for each of its writers. */
export const journalTopic = (app: string) => `${app}-journal`;
/** States of the runners of an app, in pieces. */
export const stateTopic = (app: string) => `${app}-state`;
/** Stays empty: a group of an app's processes shares its partitions out. */
export const membersTopic = (app: string) => `${app}-members`;

const KEPT = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
/** Others have a week to read it. */
const OPEN = { 'cleanup.policy': 'delete', 'retention.ms': String(7 * 86_400_000) };
const LATEST = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.1',
  'segment.bytes': String(64 << 20),
  'segment.ms': '600000',
};

/** A topic's records for other programs: a message each. */
export const openTopic = (topic: string) => `open-${topic}`;

/** Every topic of a log of so many partitions, without the prefix. */
export function plannedTopics(
  owners: TopicOwners,
  partitions: number,
  opened: readonly string[] = [],
  grouped: readonly string[] = [],
): PlannedTopic[] {
  const large = { 'max.message.bytes': String(MAX_MESSAGE_BYTES) };
  const planned: PlannedTopic[] = [{ topic: LOG_TOPIC, partitions: 1, config: KEPT }];
  for (const [app, topics] of Object.entries(owners)) {
    for (const topic of topics) planned.push({ topic, partitions, config: { ...KEPT, ...large } });
    planned.push({ topic: journalTopic(app), partitions, config: KEPT });
    planned.push({ topic: stateTopic(app), partitions, config: { ...LATEST, ...large } });
    if (partitions > 1 || grouped.includes(app))
      planned.push({ topic: membersTopic(app), partitions, config: KEPT });
  }
  for (const topic of opened) planned.push({ topic: openTopic(topic), partitions, config: OPEN });
  return planned;
}

/** Makes those topics that are missing. */
export async function makeTopics(
  connection: KafkaConnection,
  prefix: string,
  planned: readonly PlannedTopic[],
  replication: number | undefined,
): Promise<void> {
  await connection.with(async (cluster) => {
    await cluster.refreshMetadata();
    const replicas = replication ?? Math.min(3, cluster.getNodeIds().length);
    const controller = await cluster.findControllerBroker();
    try {
      await controller.createTopics({
        topics: planned.map(({ topic, partitions, config }) => ({
          topic: prefix + topic,
          numPartitions: partitions,
          replicationFactor: replicas,
          configEntries: Object.entries({ ...config, 'min.insync.replicas': replicas >= 3 ? '2' : '1' }).map(
            ([name, value]) => ({ name, value }),
          ),
        })),
        timeout: 10_000,
      });
    } catch (error) {
      if (!isMadeAlready(error)) throw error;
    }
  });
  await connection.partitionsOf(planned.map(({ topic }) => prefix + topic));
}

/** @throws KafkaRefusalError where a topic has another number of partitions. */
export async function checkPartitions(
  connection: KafkaConnection,
  prefix: string,
  planned: readonly PlannedTopic[],
): Promise<void> {
  const found = await connection.partitionsOf(planned.map(({ topic }) => prefix + topic));
  for (const { topic, partitions } of planned) {
    const count = found.get(prefix + topic);
    if (count !== partitions)
      throw new KafkaRefusalError(
        `topic ${prefix}${topic} has ${count} partitions; this log was made with ${partitions}`,
      );
  }
}

function isMadeAlready(error: unknown): boolean {
  const { errors = [error] } = error as { errors?: readonly unknown[] };
  return errors.every((one) => protocolType(one) === 'TOPIC_ALREADY_EXISTS');
}
