import { describe, expect, it } from 'vitest';
import { kafkaOptions, kafkaSettings } from './kafka-settings.js';
import { readSettings } from './settings.js';

const options = (environment: Record<string, string>) =>
  kafkaOptions(readSettings(kafkaSettings, environment));

describe('settings of Kafka', () => {
  it('are none where no broker is named: the log is in the data folder', () => {
    expect(options({})).toBe(null);
    expect(options({ HARK_KAFKA_BROKERS: '' })).toBe(null);
  });

  it('take brokers, plain and without a login unless told otherwise', () => {
    expect(options({ HARK_KAFKA_BROKERS: 'a:9092, b:9093' })).toEqual({
      brokers: ['a:9092', 'b:9093'],
      prefix: 'hark.',
      cacheBytes: 64 * 1024 * 1024,
      compression: 'gzip',
    });
  });

  it('take a login over TLS with the certificates that the system trusts', () => {
    expect(
      options({
        HARK_KAFKA_BROKERS: 'a:9092',
        HARK_KAFKA_TLS: '1',
        HARK_KAFKA_SASL: 'scram-sha-512',
        HARK_KAFKA_USERNAME: 'hark',
        HARK_KAFKA_PASSWORD: 'secret',
      }),
    ).toMatchObject({ tls: {}, sasl: { mechanism: 'scram-sha-512', username: 'hark', password: 'secret' } });
  });

  it.each([
    [{ HARK_KAFKA_BROKERS: 'broker' }, 'HARK_KAFKA_BROKERS="broker": expected host:port'],
    [{ HARK_KAFKA_PARTITIONS: '4' }, 'HARK_KAFKA_PARTITIONS=4: the log in HARK_DATA has one'],
    [
      { HARK_KAFKA_BROKERS: 'a:1', HARK_KAFKA_LEARNERS: 'several' },
      'HARK_KAFKA_LEARNERS=several: learners share partitions; set HARK_KAFKA_PARTITIONS to 2 or more',
    ],
    [{ HARK_KAFKA_BROKERS: 'a:1', HARK_KAFKA_USERNAME: 'hark' }, 'give all three, or none'],
    [
      { HARK_KAFKA_BROKERS: 'a:1', HARK_KAFKA_TLS: '1', HARK_KAFKA_CA_FILE: '/no/such' },
      'HARK_KAFKA_CA_FILE="/no/such"',
    ],
    [
      { HARK_KAFKA_BROKERS: 'a:1', HARK_KAFKA_CA_FILE: '/etc/hostname' },
      'certificates are for HARK_KAFKA_TLS=1',
    ],
  ])('refuse %o', (environment, words) => {
    expect(() => options(environment as Record<string, string>)).toThrow(words);
  });
});
