import { describe, expect, it } from 'vitest';
import { gatewaySettings } from './settings.js';

describe('the settings of the gateway', () => {
  it('are those of one gateway unless several are asked for', () => {
    expect(gatewaySettings({}).HARK_KAFKA_GATEWAYS).toBe('one');
  });

  it('let several share a log in Kafka, and none in a data folder', () => {
    const several = { HARK_KAFKA_GATEWAYS: 'several' };
    expect(gatewaySettings({ ...several, HARK_KAFKA_BROKERS: 'kafka:9092' })).toMatchObject(several);
    expect(() => gatewaySettings(several)).toThrow(
      'HARK_KAFKA_GATEWAYS=several: the log in HARK_DATA has one gateway; name HARK_KAFKA_BROKERS',
    );
  });

  it('refuse an address without a port', () => {
    expect(() => gatewaySettings({ HARK_GATEWAY_ADDRESS: 'gateway' })).toThrow(
      'HARK_GATEWAY_ADDRESS="gateway": expected host:port',
    );
  });
});
