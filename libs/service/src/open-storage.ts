import { join } from 'node:path';
import { TOPICS } from '@hark/contracts';
import {
  HARK_TOPIC_OWNERS,
  SequencedLog,
  sequenceTopic,
  type Log,
  type StoredDamage,
  type TopicOwners,
} from '@hark/streaming';
import { FileArtifactStore, KafkaLog } from '@hark/streaming/adapters';
import { openDataFolder } from './data-folder.js';
import { kafkaOptions } from './kafka-settings.js';
import type { ServiceContext } from './service-context.js';
import type { CommonSettings } from './settings.js';

/** The log, wherever it is, and the files that its records name. */
export interface Storage {
  readonly log: Log;
  readonly artifacts: FileArtifactStore;
  /** The log in Kafka, where it is there: `log`, but for the partitions that it may have. */
  readonly kafka: KafkaLog | null;
  /** The log in Kafka with its partitions, where it has several: `log` reads them as one. */
  readonly partitioned: KafkaLog | null;
}

/** The topics that several ingest processes write, each its partitions; all others have what they hold in one. */
export const SEQUENCED_TOPICS: readonly string[] = [TOPICS.samples, TOPICS.windows, TOPICS.deadLetter];

const PARTITIONED_OWNERS: TopicOwners = {
  ...HARK_TOPIC_OWNERS,
  ingest: [...HARK_TOPIC_OWNERS['ingest'], ...SEQUENCED_TOPICS.map(sequenceTopic)],
};

/**
 * Opens the log in `HARK_DATA`, or in Kafka where brokers are named; waits while those don't answer.
 *
 * @param grouped apps of which several processes share one partition.
 * @throws DataFolderError, SettingsError, KafkaRefusalError
 */
export async function openStorage(
  settings: CommonSettings,
  { logger, health }: Pick<ServiceContext, 'logger' | 'health'>,
  grouped: readonly string[] = [],
): Promise<Storage> {
  const kafka = kafkaOptions(settings);
  const { HARK_KAFKA_PARTITIONS: partitions } = settings;
  const onDamage = ({ what, instead }: StoredDamage) =>
    logger.error({ what, instead }, `the ${what} is damaged: ${instead}`);
  if (kafka === null)
    return { ...openDataFolder(settings.HARK_DATA, onDamage), kafka: null, partitioned: null };
  const log = await KafkaLog.open({
    ...{ ...kafka, partitions, grouped },
    ...(partitions > 1 && { owners: PARTITIONED_OWNERS }),
    opened: settings.HARK_KAFKA_OPEN_TOPICS,
    onDamage,
    onAvailability: (away) => {
      if (away === null) logger.info('Kafka is back');
      else logger.error({ brokers: kafka.brokers, reason: away }, 'Kafka is away: waiting for it');
    },
  });
  health.require('log', () => log.away);
  const artifacts = new FileArtifactStore(join(settings.HARK_DATA, 'artifacts'));
  if (partitions === 1) return { log, artifacts, kafka: log, partitioned: null };
  const windower = {
    ...{ app: 'ingest', runner: 'windower', partitions },
    position: async (topic: string, partition: number) =>
      (await log.holder('ingest', partition))?.positionOf('windower', topic, partition) ?? 0,
  };
  return {
    log: new SequencedLog(log, SEQUENCED_TOPICS, [windower]),
    artifacts,
    kafka: log,
    partitioned: log,
  };
}
