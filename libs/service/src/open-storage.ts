import { join } from 'node:path';
import type { Log } from '@hark/streaming';
import { FileArtifactStore, KafkaLog } from '@hark/streaming/adapters';
import { openDataFolder } from './data-folder.js';
import { kafkaOptions } from './kafka-settings.js';
import type { ServiceContext } from './service-context.js';
import type { CommonSettings } from './settings.js';

/** The log, wherever it is, and the files that its records name. */
export interface Storage {
  readonly log: Log;
  readonly artifacts: FileArtifactStore;
}

/**
 * Opens the log in `HARK_DATA`, or in Kafka where brokers are named; waits while those don't answer.
 * @throws DataFolderError, SettingsError, KafkaRefusalError
 */
export async function openStorage(
  settings: CommonSettings,
  { logger, health }: Pick<ServiceContext, 'logger' | 'health'>,
): Promise<Storage> {
  const kafka = kafkaOptions(settings);
  if (kafka === null) return openDataFolder(settings.HARK_DATA);
  const log = await KafkaLog.open({
    ...kafka,
    opened: settings.HARK_KAFKA_OPEN_TOPICS,
    onAvailability: (away) => {
      if (away === null) logger.info('Kafka is back');
      else logger.error({ brokers: kafka.brokers, reason: away }, 'Kafka is away: waiting for it');
    },
  });
  health.require('log', () => log.away);
  return { log, artifacts: new FileArtifactStore(join(settings.HARK_DATA, 'artifacts')) };
}
