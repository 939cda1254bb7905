import { describe, expect, it } from 'vitest';
import { anchor, newestSeconds, parsePhyphoxMessage } from './phyphox-message.js';

const parse = (body: unknown) => parsePhyphoxMessage(new TextEncoder().encode(JSON.stringify(body)))!;
const ACC = { acc_t: [0.25, 0.5], accX: [1, 2], accY: [3, 4], accZ: [5, 6] };

describe('a message of phyphox', () => {
  it('is put on the clock of the world by when the experiment was started', () => {
    const time = {
      now: 1700000009,
      events: [{ event: 'START', experimentTime: 0, systemTime: 1700000000.5 }],
    };
    expect(anchor(parse({ ...ACC, time }), 0).samples).toEqual([
      { sensor: 'accelerometer', ms: 1700000000750, subNs: 0, x: 1, y: 3, z: 5 },
      { sensor: 'accelerometer', ms: 1700000001000, subNs: 0, x: 2, y: 4, z: 6 },
    ]);
  });

  it('is put there by the last start before a reading, where there were pauses', () => {
    const events = [
      { event: 'START', experimentTime: 0, systemTime: 100 },
      { event: 'PAUSE', experimentTime: 0.4, systemTime: 100.4 },
      { event: 'START', experimentTime: 0.4, systemTime: 200 },
    ];
    const { samples } = anchor(parse({ ...ACC, time: { events } }), 0);
    expect(samples.map(({ ms, subNs }) => [ms, subNs])).toEqual([
      [100250, 0],
      [200099, 999999],
    ]);
  });

  it('is put there by the anchor where it says nothing of time', () => {
    expect(anchor(parse(ACC), 5000).samples.map(({ ms }) => ms)).toEqual([5250, 5500]);
    expect(newestSeconds(parse(ACC))).toBe(0.5);
    expect(newestSeconds(parse({}))).toBeNull();
  });

  it('counts readings without a value, which an experiment sends as null', () => {
    const found = anchor(parse({ gyr_t: [1, 2, 3], gyrX: [0, null, 0], gyrY: [0, 0, 0], gyrZ: [0, 0] }), 0);
    expect(found.samples).toEqual([{ sensor: 'gyroscope', ms: 1000, subNs: 0, x: 0, y: 0, z: 0 }]);
    expect(found.unusable).toBe(2);
  });

  it('holds the token as the codes of its characters', () => {
    expect(parse({ token: [104, 107, 95] }).token).toBe('hk_');
    expect(parse({}).token).toBeNull();
  });

  it('is a JSON object', () => {
    for (const text of ['', '[]', '1', '{']) {
      expect(parsePhyphoxMessage(new TextEncoder().encode(text))).toBeNull();
    }
  });
});
