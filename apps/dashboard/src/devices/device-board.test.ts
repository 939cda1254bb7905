import type { LivePrediction } from '@hark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { ActivityBook } from '../activities/activity-book.js';
import { DeviceBoard, watermarkLagMs } from './device-board.js';

let board: DeviceBoard;
beforeEach(() => {
  board = new DeviceBoard(new ActivityBook());
});

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** A window of two seconds. */
function prediction(start: number, fields: Partial<LivePrediction> = {}): LivePrediction {
  const samples = { accelerometer: 200, gyroscope: 100, late: 3, duplicates: 2 };
  return {
    ...{ kind: 'prediction', id: `a/p/${start}`, user: 'a', device: 'p', model: 'm', activity: 'walk' },
    ...{ window: { start: at(start), end: at(start + 2), startNs: '0' }, confidence: 0.9, probabilities: {} },
    ...{ modelVersion: 3, state: 'ok', reason: null, revision: 0, final: true, label: null, samples },
    ...{ receivedMs: 1000 * (start + 2) + 50, latencyMs: 20, source: 'live' },
    ...fields,
  } as LivePrediction;
}

describe('DeviceBoard', () => {
  it('shows what a device says now, how its data comes, and how far the watermark is behind', () => {
    board.take(prediction(0));
    const device = board.take(prediction(1, { final: false, activity: 'sit', confidence: 0.6 }));
    expect(device).toMatchObject({ said: 1, confidence: 0.6, accelerometerHz: 100, gyroscopeHz: 50 });
    expect(device).toMatchObject({ late: 3, duplicates: 2, windows: 1, heardAtMs: 3050, version: 3 });
    expect(watermarkLagMs(device)).toBe(1000);
  });

  it('does not know how far the watermark is behind before something is final', () => {
    expect(watermarkLagMs(board.take(prediction(0, { final: false })))).toBeNaN();
  });

  it('counts late samples and duplicates once a window, when it is final', () => {
    board.take(prediction(0, { final: false }));
    expect(board.take(prediction(0, { revision: 1 })).duplicates).toBe(2);
  });

  it('keeps saying what it said when a late window comes', () => {
    board.take(prediction(10));
    expect(board.take(prediction(0, { activity: 'sit' })).said).toBe(3);
  });

  it('shows a device that has fallen silent without touching what it has said before', () => {
    board.take(prediction(0));
    const device = board.take(prediction(0, { state: 'stale' }));
    expect(device).toMatchObject({ state: 2, windows: 1 });
    expect(device.ring.at(0)).toMatchObject({ state: 0, said: 3 });
  });

  it('has its devices in the order of user and device, and finds them by key', () => {
    for (const user of ['b', 'a']) board.take(prediction(0, { user }));
    expect(board.devices.map(({ user }) => user)).toEqual(['a', 'b']);
    expect(board.device(board.devices[1].key)?.user).toBe('b');
  });

  it('lets event time go on between windows, by the wall clock', () => {
    expect(board.eventNow(5000)).toBeNaN();
    board.take(prediction(0));
    expect(board.eventNow(2050)).toBe(2000);
    expect(board.eventNow(3050)).toBe(3000);
  });
});
