import { describe, expect, it } from 'vitest';
import { ingestSettings } from '../settings.js';
import { checkPartitionedSettings } from './partitioned-ingest.js';

const checked = (more: Record<string, string>) => () =>
  checkPartitionedSettings(
    ingestSettings({ HARK_KAFKA_BROKERS: 'kafka:9092', HARK_KAFKA_PARTITIONS: '4', ...more }),
  );

describe('the settings of an ingest of several partitions', () => {
  it.each([
    ['HARK_MQTT_URL', 'mqtt://broker'],
    ['HARK_MQTT_BROKER_PORT', '1883'],
    ['HARK_PHONE_TOKEN', 'secret'],
    ['HARK_WATCH_DIR', '/in'],
  ])('refuse %s, which one process alone can do', (name, value) => {
    expect(checked({ [name]: value })).toThrow(
      `${name}: not with HARK_KAFKA_PARTITIONS=4, it needs one partition`,
    );
  });

  it('refuse an open list of activities', () => {
    expect(checked({ HARK_ACTIVITIES: '*' })).toThrow(/HARK_ACTIVITIES: with HARK_KAFKA_PARTITIONS=4/);
  });

  it('refuse retention, as everywhere on Kafka', () => {
    expect(checked({ HARK_RETENTION: '30d' })).toThrow('HARK_RETENTION');
  });

  it('are right as they come', () => {
    expect(checked({})).not.toThrow();
  });
});
