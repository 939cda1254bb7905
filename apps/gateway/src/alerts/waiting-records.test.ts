import { TOPICS } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import { expect, it } from 'vitest';
import { WaitingRecords } from './waiting-records.js';

const record = { key: '', value: Uint8Array.of(1) };

async function started() {
  const clock = { ms: 1000 };
  const log = new MemoryLog({ now: () => clock.ms });
  const writer = await log.writer('ingest');
  let reads = 0;
  const { read } = log;
  log.read = (...asked) => {
    if (asked[0] === TOPICS.samples) reads++;
    return read.apply(log, asked);
  };
  const [waiting] = WaitingRecords.of(log);
  return {
    store: async (ms: number) => {
      clock.ms = ms;
      await writer.commit({ appends: [{ topic: TOPICS.samples, partition: 0, records: [record] }] });
    },
    take: (from: number, to: number) =>
      writer.commit({
        appends: [],
        step: { runner: 'windower', inputs: [{ topic: TOPICS.samples, partition: 0, from, to }] },
      }),
    look: (ms: number, roughlyMs: number) => waiting.look(ms, roughlyMs),
    reads: () => reads,
  };
}

it('says how many records wait, and since when the oldest does', async () => {
  const { store, take, look } = await started();
  await store(2000);
  await store(3000);
  expect(await look(4000, 0)).toEqual({ records: 2, oldestMs: 2000 });
  await take(0, 1);
  expect(await look(5000, 0)).toEqual({ records: 1, oldestMs: 3000 });
  await take(1, 2);
  expect(await look(6000, 0)).toEqual({ records: 0, oldestMs: null });
});

it('tells the time of a look before it for as long as that is near enough, and reads nothing then', async () => {
  const { store, take, look, reads } = await started();
  expect(await look(1000, 500)).toEqual({ records: 0, oldestMs: null });
  await store(2000);
  expect(await look(2100, 5000)).toEqual({ records: 1, oldestMs: 1000 });
  await store(2200);
  await take(0, 1);
  expect(await look(2300, 5000)).toEqual({ records: 1, oldestMs: 2100 });
  expect(reads()).toBe(0);
  expect(await look(7100, 5000)).toEqual({ records: 1, oldestMs: 2200 });
  expect(reads()).toBe(1);
});
