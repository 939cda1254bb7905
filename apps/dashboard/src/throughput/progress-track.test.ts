import type { Progress } from '@hark/contracts';
import { expect, it } from 'vitest';
import { ProgressTrack } from './progress-track.js';

const message = (second: number, recordsPerSecond: number): Progress => ({
  kind: 'progress',
  at: new Date(second * 1000).toISOString(),
  apps: [{ app: 'ingest', recordsPerSecond, lagRecords: null }],
  topics: {},
  live: { messagesPerSecond: 0, subscriptions: 1 },
});

it('holds the newest messages, with nothing where nothing was told', () => {
  const track = new ProgressTrack(2);
  for (const second of [1, 2, 3]) track.add(message(second, second * 10));
  expect(track.series('rates')).toEqual({
    seconds: [2, 3],
    lines: [
      [20, 30],
      [null, null],
      [null, null],
    ],
  });
  expect(track.series('lags').lines[0]).toEqual([null, null]);
});
