import { describe, expect, it } from 'vitest';
import { MQTT_SUBSCRIPTIONS } from '../phones/mqtt/mqtt-topics.js';
import { deviceAsyncApi } from './device-asyncapi.js';

const document = deviceAsyncApi(['walk', 'sit']);

describe('the AsyncAPI document of ingest', () => {
  it('names every topic that is subscribed', () => {
    const { channels } = document;
    const addresses = Object.values(channels).map((channel) => (channel as { address: string }).address);
    const levels = (topic: string) => topic.replace(/^hark\//, '').split('/')[0];
    const documented = new Set(addresses.map(levels));
    expect(MQTT_SUBSCRIPTIONS.filter((topic) => !documented.has(levels(topic)))).toEqual([]);
  });

  it('refers only to what is there', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path);
    expect(references.length).toBeGreaterThan(10);
    for (const path of references) {
      const found = path
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect([path, found]).not.toEqual([path, undefined]);
    }
  });
});
