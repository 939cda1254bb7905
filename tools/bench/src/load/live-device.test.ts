import { describe, expect, it } from 'vitest';
import { Pipeline, Windower } from '@hark/streaming';
import { TOPICS, decodeWindowRecord, encodeSamplesRecord, windowId } from '@hark/contracts';
import { LiveDevice, columnarJson } from './live-device.js';

const START_MS = 1_700_000_000_123.4;

describe('a live device', () => {
  it('names exactly the windows that the windower emits early with the same rows', () => {
    const device = new LiveDevice(3, 150, START_MS);
    let early: string[] = [];
    const none = new Float64Array(0);
    const windower = new Windower({}, { schema: '', extract: () => none });
    const pipeline = new Pipeline({
      stages: [{ processor: windower, inputs: [TOPICS.samples] }],
      onRecord: (topic, { value }) => {
        if (topic !== TOPICS.windows) return;
        const window = decodeWindowRecord(value);
        if (!window.final) early.push(windowId(window));
      },
    });
    let named = 0;
    for (let ms = START_MS + 300; ms < START_MS + 20_000; ms += 700) {
      const { batch, closes } = device.upTo(ms);
      early = [];
      pipeline.push(TOPICS.samples, '', encodeSamplesRecord({ batch, receivedMs: 0 }));
      expect(closes).toEqual(early);
      named += closes.length;
    }
    expect(named).toBe(15);
  });

  it('sends each measurement once, both sensors of it', () => {
    const device = new LiveDevice(0, 100, START_MS);
    const times = [];
    for (let ms = START_MS + 95; ms < START_MS + 2000; ms += 95) {
      const { batch } = device.upTo(ms);
      for (let i = 0; i < batch.rows; i++) {
        if (batch.streams[batch.stream[i]].sensor === 'gyroscope') times.push(batch.creationMs[i]);
      }
    }
    expect(times.length).toBe(200);
    expect(new Set(times).size).toBe(200);
  });

  it('is said as columnar JSON with exact times', () => {
    const { batch } = new LiveDevice(0, 100, 1_700_000_000_000).upTo(1_700_000_000_000);
    const said = JSON.parse(new TextDecoder().decode(columnarJson(batch, 1, 7))) as Record<string, unknown>;
    expect(said).toMatchObject({ seq: 7, user: 'user-0', device: 'device-0', sensor: 'gyroscope' });
    expect(said['creationTime']).toEqual(['1700000000000000000']);
  });
});
