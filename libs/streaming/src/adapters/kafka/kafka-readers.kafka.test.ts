import { afterAll, afterEach, describe, expect, inject, it } from 'vitest';
import type { NewRecord } from '../../log/log.js';
import { KafkaLog } from './kafka-log.js';
import { removeTopics } from './testing/remove-topics.js';

const brokers = inject('kafka');
const prefix = `readers-${process.pid}.`;
const logs: KafkaLog[] = [];
let made = 0;

const options = (name: string) => ({
  brokers: [brokers!],
  prefix: prefix + name,
  partitions: 2,
  owners: { ingest: ['samples'] },
  cacheBytes: 16 << 20,
});

/** As another process would: nothing is shared but the broker. */
async function open(name: string): Promise<KafkaLog> {
  const log = await KafkaLog.open(options(name));
  logs.push(log);
  return log;
}

const record = (n: number): NewRecord => ({ key: String(n), value: new TextEncoder().encode(`value ${n}`) });
const append = (partition: number, records: NewRecord[]) => ({
  appends: [{ topic: 'samples', partition, records }],
});

describe.skipIf(brokers === null)('a log in Kafka, from another process', () => {
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close();
  });
  afterAll(() => removeTopics(brokers!, [prefix]));

  it('is one log: the same identity for all that open it at once', async () => {
    const name = `${made++}.`;
    const [a, b] = await Promise.all([open(name), open(name)]);
    expect(a.epoch).toBe(b.epoch);
    expect(a.epoch).not.toBe((await open(`${made++}.`)).epoch);
  });

  it('refuses another number of partitions than it was made with, and says which', async () => {
    const name = `${made++}.`;
    await open(name);
    await expect(
      KafkaLog.open({ brokers: [brokers!], prefix: prefix + name, partitions: 3, cacheBytes: 16 << 20 }),
    ).rejects.toThrow(/was made with 2 partitions.*HARK_KAFKA_PARTITIONS=2/);
  });

  it('refuses several learners where it was made for one, and the other way round', async () => {
    const opened = (name: string, learners: 'one' | 'several') =>
      KafkaLog.open({ ...options(name), learners }).then((log) => logs.push(log));
    for (const [made, other] of [
      ['one', 'several'],
      ['several', 'one'],
    ] as const) {
      const name = `learners-${made}.`;
      await opened(name, made);
      await expect(opened(name, other)).rejects.toThrow(`set HARK_KAFKA_LEARNERS=${made}`);
      await opened(name, made);
    }
  });

  it('tells where a runner stands without being its writer', async () => {
    const name = `${made++}.`;
    const [writing, reading] = await Promise.all([open(name), open(name)]);
    const writer = await writing.writer('ingest');
    const step = (from: number, to: number) => ({
      runner: 'windower',
      inputs: [{ topic: 'samples', partition: 0, from, to }],
    });
    await writer.commit({ appends: [], step: step(0, 4), snapshot: Buffer.from('state') });
    await writer.commit({ appends: [], step: step(4, 6) });
    const { snapshot, replay, steps, positions } = await reading.runnerState('ingest', 'windower');
    expect([String(snapshot?.state), snapshot?.step, replay, steps]).toEqual([
      ...['state', 1, [step(4, 6).inputs], 2],
    ]);
    expect(positions.get('samples/0')).toBe(6);
    // The writer has not been fenced.
    await writer.commit({ appends: [], step: step(6, 7) });
  });

  it('has heard everything that another has committed when it says so', async () => {
    const name = `${made++}.`;
    const [writing, reading] = await Promise.all([open(name), open(name)]);
    const writer = await writing.writer('ingest');
    // A reader that waits at the end hears of what follows a moment later.
    expect(await reading.read('samples', 0, 0, 1)).toEqual([]);
    for (let n = 0; n < 20; n++) {
      await writer.commit(append(0, [record(n)]));
      await reading.hear(['samples']);
      expect(await reading.end('samples', 0)).toBe(n + 1);
      expect((await reading.read('samples', 0, n, 1)).length).toBe(1);
    }
  });

  it('says who holds a writer, and how far its runners are', async () => {
    const log = await open(`${made++}.`);
    expect(await log.holder('ingest', 1)).toBe(null);
    const writer = await log.writer('ingest', 1, 'here:3001');
    const inputs = [{ topic: 'samples', partition: 1, from: 0, to: 4 }];
    await writer.commit({ ...append(1, [record(1)]), step: { runner: 'windower', inputs } });
    const holder = (await log.holder('ingest', 1))!;
    expect(holder).toMatchObject({ owner: writer.owner, address: 'here:3001' });
    expect(holder.positionOf('windower', 'samples', 1)).toBe(4);
    expect(holder.positionOf('windower', 'samples', 0)).toBe(0);
  });

  it('gives any record at once, also one that this process has never read', async () => {
    const name = `${made++}.`;
    const writer = await (await open(name)).writer('ingest');
    for (let from = 0; from < 3000; from += 100) {
      const commits = Array.from({ length: 100 }, (_, i) => writer.commit(append(0, [record(from + i)])));
      await Promise.all(commits);
    }
    const elsewhere = await open(name);
    for (const offset of [2999, 0, 1500, 1499, 700])
      expect(elsewhere.lookUp('samples', 0, offset)).toMatchObject({ key: String(offset), offset });
    expect(elsewhere.lookUp('samples', 0, 3000)).toBe(null);
    expect(elsewhere.lookUp('samples', 1, 0)).toBe(null);
    const read = await elsewhere.read('samples', 0, 2345, 1);
    expect(read[0]).toMatchObject({ key: '2345', offset: 2345 });
    expect(await elsewhere.end('samples', 0)).toBe(3000);
  });

  it('wakes a reader that waits at its end', async () => {
    const name = `${made++}.`;
    const writer = await (await open(name)).writer('ingest');
    const elsewhere = await open(name);
    expect(await elsewhere.read('samples', 0, 0, 1000)).toEqual([]);
    const woken = elsewhere.changed(new AbortController().signal);
    await writer.commit(append(0, [record(7)]));
    await woken;
    expect((await elsewhere.read('samples', 0, 0, 1000)).map(({ key }) => key)).toEqual(['7']);
  });

  it('keeps the writers of an app apart: each has a journal of its own, and fences its namesake alone', async () => {
    const name = `${made++}.`;
    const log = await open(name);
    const first = await log.writer('ingest', 0);
    const second = await log.writer('ingest', 1);
    const step = (from: number) => ({
      step: { runner: 'windower', inputs: [{ topic: 'samples', partition: 0, from, to: from + 1 }] },
    });
    await first.commit({ ...append(0, [record(1)]), ...step(0), snapshot: new Uint8Array([1]) });
    await second.commit({ ...append(1, [record(2)]), ...step(5) });
    await first.commit({ ...append(0, [record(3)]), ...step(1) });
    const elsewhere = await (await open(name)).writer('ingest', 1);
    expect(await elsewhere.runnerState('windower')).toMatchObject({ steps: 1, snapshot: null });
    await expect(second.commit(append(1, [record(4)]))).rejects.toMatchObject({ code: 'fenced' });
    await first.commit(append(0, [record(5)]));
    expect(await first.runnerState('windower')).toMatchObject({ steps: 2, snapshot: { step: 1 } });
    expect((await log.read('samples', 0, 0, 1000)).map(({ key }) => key)).toEqual(['1', '3', '5']);
    expect((await log.read('samples', 1, 0, 1000)).map(({ key }) => key)).toEqual(['2']);
  });
});
