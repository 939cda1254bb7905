import { afterEach, describe, expect, it } from 'vitest';
import type { InputRange, LogRecord, TrimmableLog } from './log.js';
import { FencedError, TrimmedError } from './log.js';
import { NotOwnerError } from './topic-owners.js';

const ALL = 1 << 30;
const strings = (records: readonly LogRecord[]) =>
  records.map(({ value }) => new TextDecoder().decode(value));
const range = (from: number, to: number, topic = 'samples'): InputRange => ({
  topic,
  partition: 0,
  from,
  to,
});

function samples(...values: string[]) {
  const records = values.map((value) => ({ key: '', value: new TextEncoder().encode(value) }));
  return { appends: [{ topic: 'samples', partition: 0, records }] };
}

/** What every log adapter does that can give its oldest records up. */
export function describeTrimming(name: string, open: () => Promise<TrimmableLog>): void {
  describe(`${name} trimmed`, () => {
    const opened: TrimmableLog[] = [];
    const openLog = async () => {
      const log = await open();
      opened.push(log);
      return log;
    };
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
    });

    it('keeps what comes from an offset on, also in the middle of a commit, under the same offsets', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      await writer.commit(samples('a', 'b'));
      await writer.commit(samples('c', 'd', 'e'));
      expect(await log.earliest('samples', 0)).toBe(0);
      await writer.trim('samples', 0, 3);
      expect(await log.earliest('samples', 0)).toBe(3);
      expect(await log.end('samples', 0)).toBe(5);
      const kept = await log.read('samples', 0, 3, ALL);
      expect(strings(kept)).toEqual(['d', 'e']);
      expect(kept.map(({ offset }) => offset)).toEqual([3, 4]);
      expect(log.lookUp('samples', 0, 2)).toBe(null);
      expect(log.lookUp('samples', 0, 4)?.offset).toBe(4);
    });

    it('says from where on it keeps a topic to whoever reads before that', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      await writer.commit(samples('a', 'b', 'c'));
      await writer.trim('samples', 0, 2);
      const read = log.read('samples', 0, 1, ALL);
      await expect(read).rejects.toBeInstanceOf(TrimmedError);
      await expect(read).rejects.toMatchObject({ code: 'trimmed', asked: 1, earliest: 2 });
    });

    it('goes on at its end when everything is gone, and never gives back what went', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      await writer.commit(samples('a', 'b'));
      await writer.trim('samples', 0, 100);
      expect(await log.earliest('samples', 0)).toBe(2);
      expect(await log.end('samples', 0)).toBe(2);
      expect(await log.read('samples', 0, 2, ALL)).toEqual([]);
      await writer.trim('samples', 0, 1);
      expect(await log.earliest('samples', 0)).toBe(2);
      expect(await writer.commit(samples('c'))).toEqual({ firstOffsets: [2] });
      expect(strings(await log.read('samples', 0, 2, ALL))).toEqual(['c']);
    });

    it('leaves other topics and partitions alone', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const records = [{ key: '', value: new Uint8Array([1]) }];
      for (const [topic, partition] of [
        ['samples', 0],
        ['samples', 1],
        ['windows', 0],
      ] as const)
        await writer.commit({ appends: [{ topic, partition, records }] });
      await writer.trim('samples', 0, 1);
      expect((await log.read('samples', 1, 0, ALL)).length).toBe(1);
      expect((await log.read('windows', 0, 0, ALL)).length).toBe(1);
    });

    it('is trimmed by the owner of a topic alone, and not by a writer that was taken over', async () => {
      const log = await openLog();
      const first = await log.writer('ingest');
      await first.commit(samples('a'));
      await expect(first.trim('predictions', 0, 1)).rejects.toBeInstanceOf(NotOwnerError);
      await log.writer('ingest');
      await expect(first.trim('samples', 0, 1)).rejects.toBeInstanceOf(FencedError);
      expect(await log.earliest('samples', 0)).toBe(0);
    });

    it('gives up the steps that a stored state holds, and keeps their numbers', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const step = (from: number) => ({ runner: 'windower', inputs: [range(from, from + 1)] });
      await writer.commit({ appends: [], step: step(0) });
      await writer.trimJournal('windower');
      expect(await log.firstStep('ingest', 'windower')).toBe(0);
      await writer.commit({ appends: [], step: step(1), snapshot: new Uint8Array([7]) });
      await writer.commit({ appends: [], step: step(2) });
      await writer.trimJournal('windower');
      expect(await log.firstStep('ingest', 'windower')).toBe(2);
      expect(await log.steps('ingest', 'windower', 2, 9)).toEqual([[range(2, 3)]]);
      await expect(log.steps('ingest', 'windower', 1, 9)).rejects.toBeInstanceOf(TrimmedError);
      const again = await (await log.writer('ingest')).runnerState('windower');
      expect(again).toMatchObject({ steps: 3, replay: [[range(2, 3)]], snapshot: { step: 2 } });
      expect([...again.positions]).toEqual([['samples/0', 3]]);
    });

    it('says what each runner would read again after a crash', async () => {
      const log = await openLog();
      const ingest = await log.writer('ingest');
      const gateway = await log.writer('gateway');
      await ingest.commit({ appends: [], step: { runner: 'windower', inputs: [range(0, 4)] } });
      await ingest.commit({
        ...{ appends: [], step: { runner: 'windower', inputs: [range(4, 6)] } },
        snapshot: new Uint8Array(),
      });
      await ingest.commit({ appends: [], step: { runner: 'windower', inputs: [range(6, 9)] } });
      await gateway.commit({ appends: [], step: { runner: 'sessions', inputs: [range(0, 2)] } });
      await gateway.commit({ appends: [], step: { runner: 'other', inputs: [range(0, 2, 'windows')] } });
      const needs = async () => Object.fromEntries(await log.needs('samples', 0));
      expect(await needs()).toEqual({ 'ingest/windower': 0, 'gateway/sessions': 0 });
      await ingest.trimJournal('windower');
      await gateway.trimJournal('sessions');
      expect(await needs()).toEqual({ 'ingest/windower': 6, 'gateway/sessions': 0 });
      await gateway.commit({
        appends: [],
        step: { runner: 'sessions', inputs: [] },
        snapshot: new Uint8Array(),
      });
      await gateway.trimJournal('sessions');
      expect(await needs()).toEqual({ 'ingest/windower': 6, 'gateway/sessions': 2 });
      await gateway.forgetRunner('sessions');
      expect(await needs()).toEqual({ 'ingest/windower': 6 });
      expect(await gateway.runnerState('sessions')).toMatchObject({ steps: 0, snapshot: null, replay: [] });
    });

    it('says how many bytes it keeps, and from where on at least so many are kept', async () => {
      const log = await openLog();
      const writer = await log.writer('ingest');
      const megabyte = [{ key: '', value: new Uint8Array(1 << 20) }];
      for (let i = 0; i < 8; i++)
        await writer.commit({ appends: [{ topic: 'samples', partition: 0, records: megabyte }] });
      const about = (megabytes: number) => [megabytes * (1 << 20), megabytes * (1 << 20) + 1000] as const;
      const expectBytes = async (megabytes: number) => {
        const bytes = await log.bytes('samples', 0);
        expect(bytes).toBeGreaterThanOrEqual(about(megabytes)[0]);
        expect(bytes).toBeLessThan(about(megabytes)[1]);
      };
      await expectBytes(8);
      expect(await log.offsetKeeping('samples', 0, ALL)).toBe(0);
      expect(await log.offsetKeeping('samples', 0, about(3)[0])).toBe(5);
      await writer.trim('samples', 0, 5);
      await expectBytes(3);
      expect(await log.offsetKeeping('samples', 0, about(4)[0])).toBe(5);
      expect(await log.offsetKeeping('samples', 0, about(1)[0])).toBe(7);
      expect(await log.offsetKeeping('samples', 0, 0)).toBe(8);
      expect(await log.bytes('nobody-writes-this', 0)).toBe(0);
    });
  });
}
