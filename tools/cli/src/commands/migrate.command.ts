import { kafkaOptions, kafkaSettings, readSettings } from '@hark/service';
import { HARK_TOPIC_OWNERS } from '@hark/streaming';
import { KafkaLog, LmdbLog, copyLog, requireKnownFormats } from '@hark/streaming/adapters';
import type { Command } from 'commander';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolderOf } from '../service/addresses.js';
import { UsageError } from '../terminal/failures.js';
import { Progress } from '../terminal/progress.js';
import { grouped } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

interface MigrateOptions {
  data?: string;
  brokers?: string;
}

export function migrateCommand(program: Command, terminal: Terminal): void {
  program
    .command('migrate')
    .summary('move the log of a data folder to Kafka')
    .description(
      'Copies the log of a data folder to Kafka: every record with its offset and time, and where every app stands. ' +
        'Apps that run on the folder are stopped by it. Started with HARK_KAFKA_BROKERS afterwards, they go on where ' +
        'they were: predictions, versions and the offsets of subscribers are the same. A copy that was cut off is ' +
        'completed by the same command. The data folder keeps the versions of the model; its log is put aside.',
    )
    .option('--data <folder>', 'the data folder (default: HARK_DATA, else ./data)')
    .option('--brokers <list>', 'brokers, host:port separated by commas (default: HARK_KAFKA_BROKERS)')
    .addHelpText(
      'after',
      `
The other HARK_KAFKA_* variables (prefix, login, certificates) count as they do for the apps.

Examples:
  hark migrate --brokers kafka:9092
  HARK_KAFKA_BROKERS=kafka:9092 hark migrate --data /var/lib/hark`,
    )
    .action((options: MigrateOptions) => migrate(options, terminal));
}

async function migrate(options: MigrateOptions, terminal: Terminal): Promise<void> {
  const { environment } = terminal;
  const folder = options.data ?? dataFolderOf(environment);
  const dir = join(folder, 'log');
  if (!existsSync(dir)) throw new UsageError(`${folder} holds no log`);
  const given = options.brokers === undefined ? {} : { HARK_KAFKA_BROKERS: options.brokers };
  const kafka = kafkaOptions(readSettings(kafkaSettings, { ...environment, ...given }));
  if (kafka === null) throw new UsageError('no brokers: give --brokers, or set HARK_KAFKA_BROKERS');

  const from = new LmdbLog({ dir });
  requireKnownFormats(from);
  let time = 0;
  const to = await KafkaLog.open({
    ...kafka,
    epoch: from.epoch,
    now: () => time,
    onAvailability: (away) => terminal.log(away === null ? 'Kafka is back' : `${away}; waiting`),
  });
  const progress = new Progress(terminal, 'migrating');
  try {
    if (to.epoch !== from.epoch)
      throw new UsageError(`${kafka.prefix} holds another log: choose another HARK_KAFKA_PREFIX`);
    const copied = new Map<string, number>();
    const total = await recordsOf(from);
    await copyLog({
      owners: HARK_TOPIC_OWNERS,
      from,
      to,
      stamp: (timestamp) => (time = timestamp),
      onProgress: ({ topic, records }) => {
        copied.set(topic, records);
        progress.update(sum(copied.values()) / Math.max(1, total), topic);
      },
    });
    progress.stop();
    terminal.out(
      `${grouped(total)} records are in Kafka; set HARK_KAFKA_BROKERS for all apps and start them`,
    );
  } finally {
    progress.stop();
    await to.close();
    await from.close();
  }
  renameSync(dir, join(folder, 'log.migrated'));
}

async function recordsOf(log: LmdbLog): Promise<number> {
  let records = 0;
  for (const topic of Object.values(HARK_TOPIC_OWNERS).flat()) records += await log.end(topic, 0);
  return records;
}

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
