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

/** The topics of which several processes of an app write each its partitions; all others have what they hold in one. */
export const SEQUENCED_TOPICS = {
  ingest: [TOPICS.samples, TOPICS.windows, TOPICS.deadLetter],
  learner: [TOPICS.predictions, TOPICS.alerts],
} as const;

/** The runners that there are once for each partition. */
const PARTITIONED_RUNNERS = { ingest: 'windower', learner: 'learner' } as const;

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
  const { HARK_KAFKA_LEARNERS: learners } = settings;
  const shared = sharedApps(partitions, learners);
  const log = await KafkaLog.open({
    ...{ ...kafka, partitions, learners, grouped, owners: ownersOf(shared) },
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
  const runners = shared.map((app) => ({
    ...{ app, runner: PARTITIONED_RUNNERS[app], partitions },
    position: async (topic: string, partition: number) =>
      (await log.holder(app, partition))?.positionOf(PARTITIONED_RUNNERS[app], topic, partition) ?? 0,
  }));
  return {
    log: new SequencedLog(
      log,
      shared.flatMap((app) => SEQUENCED_TOPICS[app]),
      runners,
    ),
    artifacts,
    kafka: log,
    partitioned: log,
  };
}

type SharedApp = keyof typeof SEQUENCED_TOPICS;

/** The apps of which each partition is worked by one of several processes. */
function sharedApps(partitions: number, learners: 'one' | 'several'): readonly SharedApp[] {
  if (partitions === 1) return [];
  return learners === 'several' ? ['ingest', 'learner'] : ['ingest'];
}

/** Whoever writes the partitions of a topic writes their order as well. */
function ownersOf(shared: readonly SharedApp[]): TopicOwners {
  const orders = shared.map((app) => [
    app,
    [...HARK_TOPIC_OWNERS[app], ...SEQUENCED_TOPICS[app].map(sequenceTopic)],
  ]);
  return { ...HARK_TOPIC_OWNERS, ...(Object.fromEntries(orders) as TopicOwners) };
}
