import { describe, expect, it } from 'vitest';
import { commonSettings, readSettings } from '../settings.js';
import { retentionLimits } from './retention-settings.js';

const limits = (environment: Record<string, string>) =>
  retentionLimits(readSettings(commonSettings, environment));

describe('the retention asked for', () => {
  it('is none where nothing is set', () => {
    expect(limits({})).toBe(null);
    expect(limits({ HARK_RETENTION: ' ' })).toBe(null);
  });

  it('is of all topics, or of one', () => {
    const found = limits({ HARK_RETENTION: '30d, samples=36h', HARK_RETENTION_BYTES: 'windows=2GB' });
    expect(Object.fromEntries(found ?? [])).toEqual({
      samples: { ageMs: 129_600_000, bytes: null },
      windows: { ageMs: 2_592_000_000, bytes: 2_147_483_648 },
      predictions: { ageMs: 2_592_000_000, bytes: null },
      'dead-letter': { ageMs: 2_592_000_000, bytes: null },
      reports: { ageMs: 2_592_000_000, bytes: null },
      'report-sources': { ageMs: 2_592_000_000, bytes: null },
    });
  });

  it.each([
    '30',
    '30 days',
    '0d',
    '-1d',
    '1.5h',
    'models=3d',
    '3d,4d',
    'samples=1d,samples=2d',
    '3d,',
    '1GB',
  ])('is refused when it says %j', (value) => {
    expect(() => limits({ HARK_RETENTION: value })).toThrow(
      `HARK_RETENTION=${JSON.stringify(value)}: expected 30d, also for a topic: 30d,samples=7d (units s, m, h, d)`,
    );
  });

  it('is refused where the log is in Kafka', () => {
    expect(() => limits({ HARK_RETENTION: '30d', HARK_KAFKA_BROKERS: 'kafka:9092' })).toThrow(
      'HARK_RETENTION: expected nothing where HARK_KAFKA_BROKERS is set; the log in Kafka is kept whole',
    );
  });
});
