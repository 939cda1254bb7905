import { TOPICS, type ModelEvent } from '@hark/contracts';
import { CorruptLogError, MemoryLog, type LogReader } from '@hark/streaming';
import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { ModelVersions } from './model-versions.js';

const created = (version: number) =>
  ({ kind: 'created', manifest: { version, cause: 'count', logPosition: version } }) as ModelEvent;

/** As of a log that can't read one of its records, nor what was stored together with it. */
function damaged(log: MemoryLog, from: number, to: number): LogReader {
  return Object.assign(Object.create(log) as LogReader, {
    read: async (topic: string, partition: number, first: number, maxBytes: number) => {
      const records = await log.read(topic, partition, first, maxBytes);
      if (records.some(({ offset }) => offset >= from && offset < to))
        throw new CorruptLogError(topic, partition, Math.max(first, from), to);
      return records;
    },
  });
}

it.each([
  ['the first', 0, 1, [6, 5, 4, 3, 2]],
  ['some in the middle', 2, 4, [6, 5, 2, 1]],
  ['the last: the one before it stays the current', 5, 6, [5, 4, 3, 2, 1]],
])('knows every version but those whose records are damaged: %s', async (_, from, to, expected) => {
  const log = new MemoryLog({ now: () => 0 });
  const records = [1, 2, 3, 4, 5, 6].map((version) => ({
    key: '',
    value: new TextEncoder().encode(JSON.stringify(created(version))),
  }));
  await (await log.writer('learner')).commit({ appends: [{ topic: TOPICS.models, partition: 0, records }] });
  const found: CorruptLogError[] = [];
  const models = new ModelVersions(damaged(log, from, to), new ManualClock(), (error) => found.push(error));
  const stop = new AbortController();
  const running = models.run(stop.signal);
  await expect.poll(() => models.ready, { interval: 1 }).toBe(true);
  stop.abort();
  await running;
  expect(models.history.versions.map(({ version }) => version)).toEqual(expected);
  expect(models.history.current).toBe(expected[0]);
  expect(found.map(({ offset, next }) => [offset, next])).toEqual([[from, to]]);
});
