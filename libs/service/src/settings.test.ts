import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  SettingsError,
  commonSettings,
  port,
  readSettings,
  requireLoopback,
  wholeNumber,
} from './settings.js';

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
      HARK_LOG_LEVEL: 'info',
      HARK_SUPERVISED: '0',
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
  });

  it('refuse a broker, which this version cannot use, instead of ignoring it', () => {
    expect(() => readSettings(shape, { HARK_KAFKA_BROKERS: 'b:9092' })).toThrow(
      'HARK_KAFKA_BROKERS="b:9092"',
    );
  });
});

describe('the host', () => {
  it('is a loopback address, or the app does not start', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      expect(() => requireLoopback(host)).not.toThrow();
    for (const host of ['0.0.0.0', '192.168.1.2', '::', 'example.org', '127.0.0.1.example.org']) {
      expect(() => requireLoopback(host), host).toThrow(SettingsError);
    }
  });
});
