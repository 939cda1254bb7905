import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SettingsError, commonSettings, port, readSettings, wholeNumber } from './settings.js';

const shape = {
  ...commonSettings,
  HARK_INGEST_PORT: port(3001),
  HARK_VERSION_EVERY: wholeNumber(1000, 1, 9999),
};

describe('settings', () => {
  it('have a default each, and take a variable set to nothing for absent', () => {
    expect(readSettings(shape, { HARK_DATA: '', PATH: '/bin' })).toEqual({
      HARK_DATA: './data',
      HARK_HOST: '127.0.0.1',
      HARK_KAFKA_BROKERS: [],
      HARK_KAFKA_CACHE_MB: 64,
      HARK_KAFKA_COMPRESSION: 'gzip',
      HARK_KAFKA_LEARNERS: 'one',
      HARK_KAFKA_OPEN_TOPICS: [],
      HARK_KAFKA_PREFIX: 'hark.',
      HARK_KAFKA_PARTITIONS: 1,
      HARK_KAFKA_REPLICATION: 0,
      HARK_KAFKA_TLS: '0',
      HARK_LOG_LEVEL: 'info',
      HARK_RETENTION: new Map(),
      HARK_RETENTION_BYTES: new Map(),
      HARK_SUPERVISED: '0',
      HARK_TOKENS: [],
      HARK_ALLOWED_ORIGINS: [],
      HARK_MAX_CONNECTIONS: 12_000,
      HARK_MAX_CONNECTIONS_PER_ADDRESS: 1000,
      HARK_MAX_CONNECTIONS_PER_TOKEN: 1000,
      HARK_REQUEST_TIMEOUT_MS: 60_000,
      HARK_INGEST_PORT: 3001,
      HARK_VERSION_EVERY: 1000,
    });
  });

  it('name every wrong variable at once, with its value and what would be right', () => {
    const read = () => readSettings(shape, { HARK_INGEST_PORT: '70000', HARK_VERSION_EVERY: 'often' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow('HARK_INGEST_PORT="70000": expected a whole number from 0 to 65535');
    expect(read).toThrow('HARK_VERSION_EVERY="often": expected a whole number from 1 to 9999');
  });

  it('never repeat a secret', () => {
    const read = () =>
      readSettings({ HARK_TOKENS: z.string().min(99, 'too short') }, { HARK_TOKENS: 'hk_secret' });
    expect(read).toThrow('HARK_TOKENS=(not shown): too short');
    expect(read).not.toThrow('hk_secret');
    const limit = () => readSettings(shape, { HARK_MAX_CONNECTIONS_PER_TOKEN: '0' });
    expect(limit).toThrow('HARK_MAX_CONNECTIONS_PER_TOKEN="0"');
  });

  it.each(['hark.example', 'https://hark.example/page', 'ftp://hark.example', '*'])(
    'take no %s for an origin',
    (origin) => {
      expect(() => readSettings(shape, { HARK_ALLOWED_ORIGINS: origin })).toThrow('HARK_ALLOWED_ORIGINS=');
    },
  );

  it('take a list of origins', () => {
    const { HARK_ALLOWED_ORIGINS } = readSettings(shape, {
      HARK_ALLOWED_ORIGINS: 'https://hark.example, http://localhost:5173/',
    });
    expect(HARK_ALLOWED_ORIGINS).toEqual(['https://hark.example', 'http://localhost:5173']);
  });

  it('says in words what a log level may be', () => {
    expect(() => readSettings(commonSettings, { HARK_LOG_LEVEL: 'loud' })).toThrow(
      'HARK_LOG_LEVEL="loud": expected debug, info, warn, error or silent',
    );
  });
});
