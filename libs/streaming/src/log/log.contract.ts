import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Commit, InputRange, Log, LogReader, LogRecord, NewRecord } from './log.js';
import { FencedError } from './log.js';
import { NotOwnerError } from './topic-owners.js';

const ALL = 1 << 30;
const bytes = (...values: number[]) => new Uint8Array(values);
const text = (value: string) => new TextEncoder().encode(value);
const record = (value: string, key = ''): NewRecord => ({ key, value: text(value) });
const samples = (...records: NewRecord[]): Commit => ({
  appends: [{ topic: 'samples', partition: 0, records }],
});

const snapshotOf = (snapshot: Uint8Array) => ({ step: { runner: 'windower', inputs: [] }, snapshot });

/** Everything of a partition, read `maxBytes` at a time. */
async function readAll(log: LogReader, topic: string, partition = 0, maxBytes = ALL): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (;;) {
    const more = await log.read(topic, partition, records.length, maxBytes);
    if (more.length === 0) return records;
    records.push(...more);
  }
}

const strings = (records: readonly LogRecord[]) =>
  records.map(({ value }) => new TextDecoder().decode(value));

/**
 * What every log adapter does. `open` makes an empty log of so many partitions, or of any number of them, that stamps
 * records with the time 1,700,000,000,000; the suite closes it. `runs` = how many sequences of commits are tried.
 */
export function describeLog(
  name: string,
  open: (partitions: number) => Promise<Log>,
  options: { readonly runs: number } = { runs: 25 },
): void {
  describe(`${name} as a log`, () => {
    const opened: Log[] = [];
    const openLog = async (partitions = 6) => {
      const log = await open(partitions);
      opened.push(log);
      return log;
    };
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
    });

    it('is empty, and ends at 0, where nothing has been written', async () => {
      const log = await openLog();
      expect(await log.read('samples', 0, 0, ALL)).toEqual([]);
      expect(await log.read('samples', 0, 7, ALL)).toEqual([]);
      expect(await log.end('samples', 0)).toBe(0);
      expect(await log.end('nobody-writes-this', 3)).toBe(0);
    });

    it('numbers the records of a partition 0, 1, 2 … across commits and gives them back as they were', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      expect(await writer.commit(samples(record('a', 'käse'), record('b')))).toEqual({ firstOffsets: [0] });
      expect(await writer.commit(samples(record('c', 'k2')))).toEqual({ firstOffsets: [2] });
      const read = await log.read('samples', 0, 0, ALL);
      expect(read.map(({ key, value, offset, timestamp }) => [key, [...value], offset, timestamp])).toEqual([
        ['käse', [97], 0, 1_700_000_000_000],
        ['', [98], 1, 1_700_000_000_000],
        ['k2', [99], 2, 1_700_000_000_000],
      ]);
      expect(await log.end('samples', 0)).toBe(3);
    });

    it('keeps the record as it was at the call, whatever the caller does with its bytes later', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const value = bytes(1, 2, 3);
      const committed = writer.commit(samples({ key: '', value }));
      value.fill(9);
      await committed;
      expect([...(await log.read('samples', 0, 0, ALL))[0].value]).toEqual([1, 2, 3]);
      const buffer = Buffer.from([4, 5]);
      const again = writer.commit({ ...samples({ key: '', value: buffer }), ...snapshotOf(buffer) });
      buffer.fill(9);
      await again;
      expect([...(await log.read('samples', 0, 1, ALL))[0].value]).toEqual([4, 5]);
      expect([...((await writer.runnerState('windower')).snapshot?.state ?? [])]).toEqual([4, 5]);
    });

    it('starts in the middle of what was committed together', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      await writer.commit(samples(...'abcdefg'.split('').map((value) => record(value))));
      await writer.commit(samples(record('h')));
      const read = await log.read('samples', 0, 4, ALL);
      expect(strings(read)).toEqual(['e', 'f', 'g', 'h']);
      expect(read.map(({ offset }) => offset)).toEqual([4, 5, 6, 7]);
      expect(await log.read('samples', 0, 8, ALL)).toEqual([]);
    });

    it('looks one record up at once, wherever it stands in what was committed together', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      expect(log.lookUp('samples', 0, 0)).toBe(null);
      await writer.commit(samples(record('a'), record('b', 'k'), record('c')));
      await writer.commit(samples(record('d')));
      const found = log.lookUp('samples', 0, 1);
      expect([found?.key, found?.offset, found && strings([found])]).toEqual(['k', 1, ['b']]);
      expect(strings([log.lookUp('samples', 0, 3)!])).toEqual(['d']);
      expect(log.lookUp('samples', 0, 4)).toBe(null);
      expect(log.lookUp('nobody-writes-this', 0, 0)).toBe(null);
    });

    it('stops with the record that reaches maxBytes, and gives at least one', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      for (const value of ['aaaaa', 'bbbbb', 'ccccc', 'ddddd']) await writer.commit(samples(record(value)));
      expect(strings(await log.read('samples', 0, 0, 10))).toEqual(['aaaaa', 'bbbbb']);
      expect(strings(await log.read('samples', 0, 0, 11))).toEqual(['aaaaa', 'bbbbb', 'ccccc']);
      expect(strings(await log.read('samples', 0, 1, 0))).toEqual(['bbbbb']);
    });

    it('keeps empty values, empty keys and a commit without records', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      expect(await writer.commit(samples())).toEqual({ firstOffsets: [0] });
      await writer.commit(samples({ key: 'k', value: bytes() }, { key: '', value: bytes() }));
      expect(await writer.commit({ appends: [] })).toEqual({ firstOffsets: [] });
      expect((await readAll(log, 'samples')).map(({ key, value }) => [key, value.length])).toEqual([
        ['k', 0],
        ['', 0],
      ]);
    });

    it('keeps records far larger than a frame, between small ones', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const large = new Uint8Array(2_500_000).map((_, i) => i % 251);
      await writer.commit(samples(record('before'), { key: 'large', value: large }, record('behind')));
      const read = await readAll(log, 'samples', 0, 1);
      expect(read.map(({ value }) => value.length)).toEqual([6, 2_500_000, 6]);
      expect(read[1].value.every((value, i) => value === i % 251)).toBe(true);
    });

    it('keeps the partitions of the topics apart', async () => {
      const log = await openLog(40);
      const writer = await log.writer('ingest');
      const appends = [];
      for (const topic of ['samples', 'windows'])
        for (let partition = 0; partition < 40; partition++)
          appends.push({ topic, partition, records: [record(`${topic} ${partition}`)] });
      await writer.commit({ appends });
      await writer.commit({ appends });
      expect(strings(await readAll(log, 'samples', 1))).toEqual(['samples 1', 'samples 1']);
      expect(strings(await readAll(log, 'windows', 39))).toEqual(['windows 39', 'windows 39']);
      expect(await log.end('windows', 40)).toBe(0);
    });

    it('says the first offset of each append, also when two are to one partition', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      await writer.commit(samples(record('0')));
      const result = await writer.commit({
        appends: [
          { topic: 'samples', partition: 0, records: [record('1'), record('2')] },
          { topic: 'windows', partition: 5, records: [record('w')] },
          { topic: 'samples', partition: 0, records: [record('3')] },
        ],
      });
      expect(result.firstOffsets).toEqual([1, 0, 3]);
      expect(strings(await readAll(log, 'samples'))).toEqual(['0', '1', '2', '3']);
    });

    it('takes commits in the order of the calls, awaited or not', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => writer.commit(samples(record(String(i))))),
      );
      expect(results.map(({ firstOffsets }) => firstOffsets[0])).toEqual(
        Array.from({ length: 50 }, (_, i) => i),
      );
      expect(strings(await readAll(log, 'samples'))).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
      await writer.durable();
    });

    it('refuses a topic of another app, and stands where it stood', async () => {
      const log = await openLog();
      const writer = await log.writer('learner');
      const both = {
        appends: [
          { topic: 'predictions', partition: 0, records: [record('p')] },
          { topic: 'samples', partition: 0, records: [record('s')] },
        ],
      };
      await expect(writer.commit(both)).rejects.toBeInstanceOf(NotOwnerError);
      expect(await log.end('predictions', 0)).toBe(0);
      expect(await log.end('samples', 0)).toBe(0);
    });

    it('refuses a snapshot without a step', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      await expect(writer.commit({ ...samples(record('a')), snapshot: bytes(1) })).rejects.toThrow(TypeError);
      expect(await log.end('samples', 0)).toBe(0);
    });

    const range = (from: number, to: number, topic = 'samples', partition = 0): InputRange => ({
      topic,
      partition,
      from,
      to,
    });
    const step = (runner: string, ...inputs: InputRange[]): Commit => ({
      appends: [],
      step: { runner, inputs },
    });

    it('knows nothing of a runner that has not committed', async () => {
      const writer = await (await openLog()).writer('ingest');
      expect(await writer.runnerState('windower')).toEqual({
        snapshot: null,
        replay: [],
        steps: 0,
        positions: new Map(),
      });
    });

    it('keeps the steps of each runner and its positions', async () => {
      const writer = await (await openLog()).writer('ingest');
      await writer.commit(step('windower', range(0, 3), range(0, 1, 'commands')));
      await writer.commit(step('windower', range(1, 2, 'commands'), range(3, 4)));
      await writer.commit(step('reports', range(0, 9, 'samples', 12)));
      expect(await writer.runnerState('windower')).toEqual({
        snapshot: null,
        replay: [
          [range(0, 3), range(0, 1, 'commands')],
          [range(1, 2, 'commands'), range(3, 4)],
        ],
        steps: 2,
        positions: new Map([
          ['samples/0', 4],
          ['commands/0', 2],
        ]),
      });
      expect((await writer.runnerState('reports')).positions).toEqual(new Map([['samples/12', 9]]));
      expect((await writer.runnerState('window')).steps).toBe(0);
    });

    it('tells any reader what the steps of a runner took, from any step on', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      for (let i = 0; i < 5; i++) await writer.commit(step('windower', range(i, i + 1)));
      await writer.commit({ ...step('windower', range(5, 9)), snapshot: bytes(1) });
      expect(await log.steps('ingest', 'windower', 0, 2)).toEqual([[range(0, 1)], [range(1, 2)]]);
      expect(await log.steps('ingest', 'windower', 4, 100)).toEqual([[range(4, 5)], [range(5, 9)]]);
      expect(await log.steps('ingest', 'windower', 6, 100)).toEqual([]);
      expect(await log.steps('ingest', 'reports', 0, 100)).toEqual([]);
      expect(await log.steps('learner', 'windower', 0, 100)).toEqual([]);
    });

    it('replaces the snapshot, and replays the steps after it alone', async () => {
      const writer = await (await openLog()).writer('ingest');
      await writer.commit(step('windower', range(0, 1)));
      await writer.commit({ ...step('windower', range(1, 2)), snapshot: bytes(1, 1, 1) });
      await writer.commit(step('windower', range(2, 3)));
      const first = await writer.runnerState('windower');
      expect(first.snapshot).toEqual({ state: expect.anything() as Uint8Array, step: 2 });
      expect([...(first.snapshot?.state ?? [])]).toEqual([1, 1, 1]);
      expect(first.replay).toEqual([[range(2, 3)]]);
      await writer.commit({ ...step('windower', range(3, 5)), snapshot: bytes() });
      const second = await writer.runnerState('windower');
      expect([second.snapshot?.state.length, second.snapshot?.step]).toEqual([0, 4]);
      expect(second.replay).toEqual([]);
      expect(second.steps).toBe(4);
    });

    it('keeps a snapshot of some megabytes', async () => {
      const writer = await (await openLog()).writer('ingest');
      const state = new Uint8Array(5_000_000).map((_, i) => (i * 7) % 256);
      await writer.commit({ ...step('windower', range(0, 1)), snapshot: state });
      const { snapshot } = await writer.runnerState('windower');
      expect(snapshot?.state.length).toBe(5_000_000);
      expect(snapshot?.state.every((value, i) => value === (i * 7) % 256)).toBe(true);
    });

    describe('a snapshot that may follow', () => {
      const LARGE = 3_000_000;
      /** The windower's state after its second step, and another in effect since the first. */
      const following = async () => {
        const log = await openLog();
        const writer = await log.writer('ingest');
        await writer.commit({ ...step('windower', range(0, 1)), snapshot: bytes(1) });
        const state = new Uint8Array(LARGE).map((_, i) => (i * 7) % 256);
        const second = { ...step('windower', range(1, 2)), snapshot: state, snapshotMayFollow: true };
        return { log, writer, ...(await writer.commit(second)) };
      };
      const isState = (state: Uint8Array | undefined) =>
        state?.length === LARGE && state.every((value, i) => value === (i * 7) % 256);

      it('has the one before count until it is in effect, with the steps since', async () => {
        const { writer, followed } = await following();
        const state = await writer.runnerState('windower');
        expect(state.steps).toBe(2);
        expect(state.positions).toEqual(new Map([['samples/0', 2]]));
        // Not of a log that has it take effect with its step.
        if (followed !== undefined) {
          expect([...(state.snapshot?.state ?? [])]).toEqual([1]);
          expect(state.snapshot?.step).toBe(1);
          expect(state.replay).toEqual([[range(1, 2)]]);
        }
      });

      it('is the state with the number of its step from then on, and the steps after it are replayed', async () => {
        const { writer, followed } = await following();
        await writer.commit({ ...samples(record('beside')), ...step('windower', range(2, 5)) });
        expect((await followed) ?? true).toBe(true);
        const { snapshot, replay, steps } = await writer.runnerState('windower');
        expect([snapshot?.step, steps]).toEqual([2, 3]);
        expect(isState(snapshot?.state)).toBe(true);
        expect(replay).toEqual([[range(2, 5)]]);
      });

      it('is never in effect once a later one is, whatever is still being written', async () => {
        const { log, writer, followed } = await following();
        await writer.commit({ ...step('windower', range(2, 3)), snapshot: bytes(9, 9) });
        expect((await followed) ?? false).toBe(false);
        const { snapshot, replay } = await writer.runnerState('windower');
        expect([...(snapshot?.state ?? [])]).toEqual([9, 9]);
        expect([snapshot?.step, replay]).toEqual([3, []]);
        const again = (await (await log.writer('ingest')).runnerState('windower')).snapshot;
        expect([...(again?.state ?? [])]).toEqual([9, 9]);
      });

      it('is given up when a later one that may follow comes', async () => {
        const { writer, followed } = await following();
        const third = new Uint8Array(LARGE).fill(3);
        const { followed: thirdFollowed } = await writer.commit({
          ...step('windower', range(2, 3)),
          ...{ snapshot: third, snapshotMayFollow: true },
        });
        expect((await followed) ?? false).toBe(false);
        expect((await thirdFollowed) ?? true).toBe(true);
        const { snapshot } = await writer.runnerState('windower');
        expect([snapshot?.step, snapshot?.state.every((value) => value === 3)]).toEqual([3, true]);
      });

      it('is never in effect where another writer has taken over before', async () => {
        const { log, followed } = await following();
        const owner = await log.writer('ingest');
        await owner.commit(step('windower', range(2, 4)));
        const isInEffect = (await followed) ?? true;
        const { snapshot, replay } = await owner.runnerState('windower');
        expect(snapshot?.step).toBe(isInEffect ? 2 : 1);
        expect(replay.length).toBe(isInEffect ? 1 : 2);
      });

      it('may be small', async () => {
        const writer = await (await openLog()).writer('ingest');
        const small = { ...step('windower', range(0, 1)), snapshot: bytes(5), snapshotMayFollow: true };
        await (
          await writer.commit(small)
        ).followed;
        expect([...((await writer.runnerState('windower')).snapshot?.state ?? [])]).toEqual([5]);
      });
    });

    it('gives a new writer the records and the runners of the one before', async () => {
      const log = await openLog();
      const before = await log.writer('ingest');
      await before.commit({ ...samples(record('a')), step: { runner: 'windower', inputs: [range(0, 1)] } });
      await before.close();
      const writer = await log.writer('ingest');
      expect((await writer.runnerState('windower')).steps).toBe(1);
      expect(await writer.commit(samples(record('b')))).toEqual({ firstOffsets: [1] });
    });

    it('fences a writer that another has taken over from, for good', async () => {
      const log = await openLog();
      const fenced = await log.writer('ingest');
      await fenced.commit(samples(record('a')));
      const owner = await log.writer('ingest');
      await expect(fenced.commit(samples(record('x')))).rejects.toBeInstanceOf(FencedError);
      await owner.commit(samples(record('b')));
      await expect(fenced.commit(samples(record('y')))).rejects.toBeInstanceOf(FencedError);
      await owner.commit(samples(record('c')));
      expect(strings(await readAll(log, 'samples'))).toEqual(['a', 'b', 'c']);
    });

    it('says of a writer whether another has taken over from it', async () => {
      const log = await openLog();
      const fenced = await log.writer('ingest');
      expect(fenced.isFenced?.() ?? false).toBe(false);
      const owner = await log.writer('ingest');
      expect(fenced.isFenced?.() ?? true).toBe(true);
      expect(owner.isFenced?.() ?? false).toBe(false);
    });

    it('does not fence the writer of another app', async () => {
      const log = await openLog();
      const ingest = await log.writer('ingest');
      await log.writer('learner');
      await ingest.commit(samples(record('a')));
      expect(await log.end('samples', 0)).toBe(1);
    });

    it('wakes whoever waits when something is committed', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const { signal } = new AbortController();
      const waiting = [log.changed(signal), log.changed(signal)];
      await writer.commit(samples(record('a')));
      await Promise.all(waiting);
    });

    it('does not wake when nothing is committed, and wakes when the wait is aborted', async () => {
      const log = await openLog();
      const abort = new AbortController();
      let woken = false;
      const waiting = log.changed(abort.signal).then(() => (woken = true));
      await new Promise((resolve) => setTimeout(resolve, 3));
      expect(woken).toBe(false);
      abort.abort();
      await waiting;
      await log.changed(abort.signal);
    });

    it('gives back any sequence of commits as the arrays that were committed', async () => {
      const topics = ['samples', 'windows', 'dead-letter'] as const;
      const newRecord = fc.record({
        key: fc.string({ maxLength: 5, unit: 'grapheme' }),
        value: fc.uint8Array({ maxLength: 40 }),
      });
      const append = fc.record({
        topic: fc.constantFrom(...topics),
        partition: fc.integer({ min: 0, max: 2 }),
        records: fc.array(newRecord, { maxLength: 6 }),
      });
      const run = fc.record({
        commits: fc.array(fc.array(append, { maxLength: 3 }), { maxLength: 8 }),
        from: fc.nat(20),
        maxBytes: fc.nat(120),
      });
      await fc.assert(
        fc.asyncProperty(run, async ({ commits, from, maxBytes }) => {
          const log = await openLog();
          const writer = await log.writer('ingest');
          const expected = new Map<string, { key: string; value: number[] }[]>();
          await Promise.all(commits.map((appends) => writer.commit({ appends })));
          for (const { topic, partition, records } of commits.flat()) {
            const all = expected.get(`${topic} ${partition}`) ?? [];
            all.push(...records.map(({ key, value }) => ({ key, value: [...value] })));
            expected.set(`${topic} ${partition}`, all);
          }
          const plain = (records: readonly LogRecord[]) =>
            records.map(({ key, value }) => ({ key, value: [...value] }));
          for (const topic of topics)
            for (let partition = 0; partition < 3; partition++) {
              const all = expected.get(`${topic} ${partition}`) ?? [];
              expect(await log.end(topic, partition)).toBe(all.length);
              expect(plain(await readAll(log, topic, partition, maxBytes))).toEqual(all);
              const some = await log.read(topic, partition, from, ALL);
              expect(plain(some)).toEqual(all.slice(from));
              expect(some.every(({ offset }, i) => offset === from + i)).toBe(true);
            }
        }),
        { numRuns: options.runs },
      );
    });
  });
}
