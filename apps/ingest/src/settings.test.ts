import { describe, expect, it } from 'vitest';
import { SettingsError } from '@hark/service';
import { ingestSettings } from './settings.js';

describe('ingestSettings', () => {
  it('take the activities of HHAR, others, or any', () => {
    expect(ingestSettings({}).activities.names).toEqual([
      'bike',
      'sit',
      'stand',
      'walk',
      'stairsup',
      'stairsdown',
    ]);
    expect(ingestSettings({ HARK_ACTIVITIES: 'run, swim' }).activities.names).toEqual(['run', 'swim']);
    expect(ingestSettings({ HARK_ACTIVITIES: '*' }).activities.names).toBeNull();
  });

  it('name wrong activities together with every other wrong variable', () => {
    const read = () =>
      ingestSettings({
        HARK_ACTIVITIES: 'walk,Two Words',
        HARK_INGEST_PORT: 'x',
        HARK_KAFKA_BROKERS: 'no port',
      });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow('HARK_ACTIVITIES="walk,Two Words": invalid activity: "Two Words"');
    expect(read).toThrow('HARK_INGEST_PORT="x": expected a whole number from 0 to 65535');
    expect(read).toThrow('HARK_KAFKA_BROKERS="no port": expected host:port');
  });

  it('have no broker, subscribed to or embedded, unless they say so', () => {
    const { HARK_MQTT_URL, HARK_MQTT_BROKER_PORT } = ingestSettings({});
    expect([HARK_MQTT_URL, HARK_MQTT_BROKER_PORT]).toEqual([undefined, undefined]);
    expect(ingestSettings({ HARK_MQTT_BROKER_PORT: '0' }).HARK_MQTT_BROKER_PORT).toBe(0);
    expect(() => ingestSettings({ HARK_MQTT_BROKER_PORT: '70000' })).toThrow(
      'expected a port from 0 to 65535',
    );
  });

  it('never show the password of a broker', () => {
    const read = () => ingestSettings({ HARK_MQTT_URL: 'http://me:secret@broker' });
    expect(read).toThrow('HARK_MQTT_URL=(not shown): expected mqtt://');
    expect(read).not.toThrow('secret');
  });
});
