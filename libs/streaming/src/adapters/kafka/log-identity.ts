import { randomUUID } from 'node:crypto';
import type { KafkaConnection } from './kafka-connection.js';
import { KafkaRefusalError } from './kafka-errors.js';
import { LOG_TOPIC } from './topic-plan.js';
import { Transactions } from './transactions.js';

/** What a log is told apart by, fixed when it is made. */
export interface LogIdentity {
  readonly epoch: string;
  readonly partitions: number;
  /** Whether the topics that the learner writes stand in the first partition alone, or in all. */
  readonly learners: 'one' | 'several';
}

/** Builds that know of one learner alone read the first, and would read the predictions of several wrongly. */
const FORMATS = { one: 1, several: 2 } as const;

/**
 * The identity of the log with this prefix: the first message of its topic stands, so of several processes that open
 * a new log at once all get the same.
 */
export async function readOrMakeIdentity(
  writing: KafkaConnection,
  reading: KafkaConnection,
  prefix: string,
  fresh: LogIdentity,
): Promise<LogIdentity> {
  const found = await readIdentity(reading, prefix);
  if (found !== null) return found;
  const transactions = new Transactions(`${prefix}log-${randomUUID()}`, writing);
  await transactions.begin();
  const value = Buffer.from(JSON.stringify({ format: FORMATS[fresh.learners], ...fresh }));
  await transactions.write([{ topic: prefix + LOG_TOPIC, partition: 0, messages: [{ key: null, value }] }]);
  await transactions.end();
  for (;;) {
    const made = await readIdentity(reading, prefix);
    if (made !== null) return made;
  }
}

/** The identity of the log with this prefix, null when there is none. */
export async function readIdentity(connection: KafkaConnection, prefix: string): Promise<LogIdentity | null> {
  const topic = prefix + LOG_TOPIC;
  for (let kafkaOffset = 0; ;) {
    const [{ messages, next }] = await connection.fetch([{ topic, partition: 0, kafkaOffset }], 1 << 16, 0);
    const value = messages[0]?.value;
    if (value) {
      // Logs of before several learners don't say so.
      const {
        format,
        epoch,
        partitions,
        learners = 'one',
      } = JSON.parse(value.toString()) as LogIdentity & { format: number };
      if (format > FORMATS.several)
        throw new KafkaRefusalError(
          `the log ${prefix} has format ${format}; this version reads up to ${FORMATS.several}`,
        );
      return { epoch, partitions, learners };
    }
    if (next === kafkaOffset) return null;
    kafkaOffset = next;
  }
}
