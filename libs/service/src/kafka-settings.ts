import { readFileSync } from 'node:fs';
import { TOPICS } from '@hark/contracts';
import type { KafkaOptions } from '@hark/streaming/adapters';
import { z } from 'zod';
import { SettingsError } from './settings-error.js';
import { wholeNumber } from './whole-number.js';

/** Where the log is when it is not in `HARK_DATA`: read by every app. */
export const kafkaSettings = {
  HARK_KAFKA_BROKERS: z
    .string()
    .default('')
    .transform((text, context) => {
      const brokers = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (brokers.every((broker) => BROKER.test(broker))) return brokers;
      context.addIssue('expected host:port, several separated by commas');
      return z.NEVER;
    }),
  HARK_KAFKA_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,64}$/, 'expected up to 64 of a-z A-Z 0-9 . _ -')
    .default('hark.'),
  HARK_KAFKA_OPEN_TOPICS: z.string().default('').transform(openedOf),
  HARK_KAFKA_PARTITIONS: wholeNumber(1, 1, 1000),
  HARK_KAFKA_LEARNERS: z.enum(['one', 'several'], 'expected one or several').default('one'),
  HARK_KAFKA_REPLICATION: wholeNumber(0, 0, 9),
  HARK_KAFKA_COMPRESSION: z.enum(['gzip', 'none'], 'expected gzip or none').default('gzip'),
  HARK_KAFKA_CACHE_MB: wholeNumber(64, 16, 65_536),
  HARK_KAFKA_TLS: z.enum(['0', '1'], 'expected 0 or 1').default('0'),
  HARK_KAFKA_CA_FILE: z.string().min(1).optional(),
  HARK_KAFKA_CERTIFICATE_FILE: z.string().min(1).optional(),
  HARK_KAFKA_KEY_FILE: z.string().min(1).optional(),
  HARK_KAFKA_SASL: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], 'expected plain, scram-sha-256 or scram-sha-512')
    .optional(),
  HARK_KAFKA_USERNAME: z.string().min(1).optional(),
  HARK_KAFKA_PASSWORD: z.string().min(1).optional(),
};

export type KafkaSettings = z.infer<z.ZodObject<typeof kafkaSettings>>;

/** Topics whose records are JSON that other programs can use. */
const OPENABLE: readonly string[] = [TOPICS.predictions, TOPICS.alerts, TOPICS.models, TOPICS.announcements];

function openedOf(text: string, context: z.RefinementCtx): string[] {
  const topics = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (topics.every((topic) => OPENABLE.includes(topic))) return topics;
  context.addIssue(`expected names of ${OPENABLE.join(', ')}, separated by commas`);
  return z.NEVER;
}

const BROKER = /^[^\s:/,]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/;

/**
 * How the cluster is reached; null where the log is in `HARK_DATA`.
 * @throws SettingsError where a login or a certificate is incomplete or unreadable, there are partitions without Kafka, or
 * several learners without partitions.
 */
export function kafkaOptions(settings: KafkaSettings): KafkaOptions | null {
  if (settings.HARK_KAFKA_LEARNERS === 'several' && settings.HARK_KAFKA_PARTITIONS === 1)
    throw new SettingsError(
      'HARK_KAFKA_LEARNERS=several: learners share partitions; set HARK_KAFKA_PARTITIONS to 2 or more',
    );
  if (settings.HARK_KAFKA_BROKERS.length === 0) {
    if (settings.HARK_KAFKA_PARTITIONS === 1) return null;
    throw new SettingsError(
      `HARK_KAFKA_PARTITIONS=${settings.HARK_KAFKA_PARTITIONS}: the log in HARK_DATA has one; name HARK_KAFKA_BROKERS`,
    );
  }
  const {
    HARK_KAFKA_SASL: mechanism,
    HARK_KAFKA_USERNAME: username,
    HARK_KAFKA_PASSWORD: password,
  } = settings;
  const login = [mechanism, username, password].filter((part) => part !== undefined).length;
  if (login !== 0 && login !== 3)
    throw new SettingsError(
      'HARK_KAFKA_SASL, HARK_KAFKA_USERNAME and HARK_KAFKA_PASSWORD: give all three, or none',
    );
  const certificate = pem('HARK_KAFKA_CERTIFICATE_FILE', settings.HARK_KAFKA_CERTIFICATE_FILE);
  const key = pem('HARK_KAFKA_KEY_FILE', settings.HARK_KAFKA_KEY_FILE);
  const ca = pem('HARK_KAFKA_CA_FILE', settings.HARK_KAFKA_CA_FILE);
  if ((certificate === undefined) !== (key === undefined))
    throw new SettingsError('HARK_KAFKA_CERTIFICATE_FILE and HARK_KAFKA_KEY_FILE: give both, or neither');
  if (settings.HARK_KAFKA_TLS === '0' && (ca ?? certificate) !== undefined)
    throw new SettingsError('HARK_KAFKA_TLS=0: certificates are for HARK_KAFKA_TLS=1');
  return {
    brokers: settings.HARK_KAFKA_BROKERS,
    prefix: settings.HARK_KAFKA_PREFIX,
    compression: settings.HARK_KAFKA_COMPRESSION,
    cacheBytes: settings.HARK_KAFKA_CACHE_MB << 20,
    ...(settings.HARK_KAFKA_REPLICATION > 0 && { replication: settings.HARK_KAFKA_REPLICATION }),
    ...(settings.HARK_KAFKA_TLS === '1' && {
      tls: {
        ...(ca !== undefined && { ca }),
        ...(certificate !== undefined && { certificate }),
        ...(key !== undefined && { key }),
      },
    }),
    ...(mechanism && username && password && { sasl: { mechanism, username, password } }),
  };
}

function pem(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`${name}=${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
