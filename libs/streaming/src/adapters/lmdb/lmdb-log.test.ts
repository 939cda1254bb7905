import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../log/log.js';
import { LogClosedError } from '../../log/log.js';
import { describeLog } from '../../log/log.contract.js';
import { FORMAT_KEY, encodeNumber } from './keys.js';
import { LmdbLog } from './lmdb-log.js';
import { LogFormatError } from './storage-errors.js';

const root = mkdtempSync(join(tmpdir(), 'hark-lmdb-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const folder = () => join(root, String(made++));
const ALL = 1 << 30;

describeLog('LmdbLog', () => Promise.resolve(new LmdbLog({ dir: folder(), now: () => 1_700_000_000_000 })));

const one = (topic: string, text: string): Commit => ({
  appends: [{ topic, partition: 0, records: [{ key: '', value: new TextEncoder().encode(text) }] }],
});

describe('LmdbLog', () => {
  it('is the same after it has been closed and opened again', async () => {
    const dir = folder();
    const before = new LmdbLog({ dir });
    const writer = await before.writer('ingest');
    await writer.commit(one('samples', 'a'));
    await before.close();
    const log = new LmdbLog({ dir });
    expect(log.epoch).toBe(before.epoch);
    expect(await log.end('samples', 0)).toBe(1);
    expect(await (await log.writer('ingest')).commit(one('samples', 'b'))).toEqual({ firstOffsets: [1] });
    await log.close();
  });

  it('gives another folder another epoch', async () => {
    const logs = [new LmdbLog({ dir: folder() }), new LmdbLog({ dir: folder() })];
    expect(logs[0].epoch).not.toBe(logs[1].epoch);
    for (const log of logs) await log.close();
  });

  it('finishes the commits that were called before it was closed, and refuses whatever comes after', async () => {
    const dir = folder();
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    const committed = Promise.all(['a', 'b', 'c'].map((text) => writer.commit(one('samples', text))));
    const waiting = log.changed(new AbortController().signal);
    await log.close();
    expect((await committed).map(({ firstOffsets }) => firstOffsets)).toEqual([[0], [1], [2]]);
    await waiting;
    await expect(writer.commit(one('samples', 'd'))).rejects.toBeInstanceOf(LogClosedError);
    await expect(log.read('samples', 0, 0, ALL)).rejects.toBeInstanceOf(LogClosedError);
    await expect(log.end('samples', 0)).rejects.toBeInstanceOf(LogClosedError);
    await expect(log.changed(new AbortController().signal)).rejects.toBeInstanceOf(LogClosedError);
    await expect(log.writer('ingest')).rejects.toBeInstanceOf(LogClosedError);
    await log.close();
  });

  it('can be opened several times in one process, each closing for itself', async () => {
    const dir = folder();
    const [ingest, learner, reader] = [new LmdbLog({ dir }), new LmdbLog({ dir }), new LmdbLog({ dir })];
    const samples = await ingest.writer('ingest');
    const predictions = await learner.writer('learner');
    const changed = reader.changed(new AbortController().signal);
    await Promise.all([samples.commit(one('samples', 's')), predictions.commit(one('predictions', 'p'))]);
    await changed;
    expect(await reader.end('samples', 0)).toBe(1);
    expect(await learner.end('samples', 0)).toBe(1);
    await ingest.close();
    expect(await reader.end('samples', 0)).toBe(1);
    await predictions.commit(one('predictions', 'q'));
    expect(await reader.end('predictions', 0)).toBe(2);
    await learner.close();
    await reader.close();
  });

  it('is refused by a program that knows only an earlier format', async () => {
    const dir = folder();
    const log = new LmdbLog({ dir });
    await (await log.writer('ingest')).commit(one('samples', 'a'));
    await log.close();
    const environment = openLmdb({ path: join(dir, 'ingest'), encoding: 'binary', keyEncoding: 'binary' });
    await environment.put(FORMAT_KEY, encodeNumber(4));
    await environment.close();
    const later = new LmdbLog({ dir });
    await expect(later.read('samples', 0, 0, ALL)).rejects.toBeInstanceOf(LogFormatError);
    await expect(later.writer('ingest')).rejects.toThrow(
      /ingest has log format 4; this version reads up to 3: go on with the newer/,
    );
    await later.close();
  });

  it('notices a change of another process after a long quiet too', async () => {
    const dir = folder();
    const [log, reader] = [new LmdbLog({ dir }), new LmdbLog({ dir })];
    const writer = await log.writer('ingest');
    await writer.commit(one('samples', 'a'));
    const waiting = reader.changed(new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const committed = writer.commit(one('samples', 'b'));
    await Promise.all([committed, waiting]);
    expect(await reader.end('samples', 0)).toBe(2);
    await log.close();
    await reader.close();
  });

  it.skipIf(process.platform !== 'linux')('leaves no file open', async () => {
    const dir = folder();
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const use = async () => {
      const log = new LmdbLog({ dir });
      await (await log.writer('ingest')).commit(one('samples', 'a'));
      await log.end('samples', 0);
      await log.close();
    };
    await use();
    const before = openFiles();
    for (let i = 0; i < 10; i++) await use();
    expect(openFiles()).toBeLessThanOrEqual(before + 2);
  });
});
