import { ActivityVocabulary, TOPICS, decodeSamplesRecord } from '@hark/contracts';
import { MemoryLog, type LogWriter } from '@hark/streaming';
import { mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrontDoor } from '../front-door/front-door.js';
import { filePieces } from './file-pieces.js';
import { WatchedFolder } from './watched-folder.js';

let folder: string;
let log: MemoryLog;
let nowMs: number;
let age = 1000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hark-watched-'));
  log = new MemoryLog({ now: () => 0 });
  nowMs = 1_700_000_000_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file appears whole: it is written elsewhere and moved there. */
function appear(name: string, content: string | Uint8Array): void {
  writeFileSync(join(folder, `.${name}`), content);
  utimesSync(join(folder, `.${name}`), age, age++);
  renameSync(join(folder, `.${name}`), join(folder, name));
}

const row = (ms: number, user: string, sensor = true): string =>
  `${JSON.stringify({ Creation_Time: `${ms}000000`, Arrival_Time: ms, User: user, Model: 'm', Device: 'd', x: 1, y: 2, z: 3, ...(sensor && { Sensor: 'accelerometer' }) })}\n`;
const rows = (from: number, count: number, user: string): string =>
  Array.from({ length: count }, (_, i) => row(from + i, user)).join('');

class Crash extends Error {}

async function run(crashAt = Infinity, idle = false): Promise<void> {
  const real = await log.writer('ingest');
  let commits = 0;
  const writer: LogWriter = {
    ...real,
    commit: async (commit) => {
      if (++commits > crashAt) throw new Crash();
      return real.commit(commit);
    },
  };
  const frontDoor = await FrontDoor.open({
    ...{ writer, activities: ActivityVocabulary.hhar, idleTimeoutMs: 1000, devices: [], nowMs },
  });
  const ending = new AbortController();
  let looks = 0;
  const watched = await WatchedFolder.open({
    ...{ folder, maxFiles: 2, idleTimeoutMs: 30_000, frontDoor, writer, now: () => nowMs },
    logger: { info: () => undefined, warn: () => undefined } as never,
    sleep: (ms) => {
      nowMs += ms;
      if (++looks > (idle ? 40 : 2)) ending.abort();
      return Promise.resolve();
    },
  });
  await watched.run(ending.signal);
}

async function taken(): Promise<string[]> {
  const records = await log.read(TOPICS.samples, 0, 0, 1e9);
  return records.flatMap(({ value }) => {
    const { batch, tick } = decodeSamplesRecord(value);
    if (batch === undefined) return [`closed ${tick?.length ?? 0}`];
    return Array.from(
      { length: batch.rows },
      (_, i) => `${batch.streams[batch.stream[i]].user}${batch.creationMs[i]}`,
    );
  });
}
const names = (from: number, count: number, user: string) =>
  Array.from({ length: count }, (_, i) => `${user}${from + i}`);

describe('a watched folder', () => {
  it('is read file by file, the oldest first, each once', async () => {
    appear('a.jsonl', rows(100, 2, 'a'));
    appear(
      'b_gyroscope.csv.gz',
      gzipSync('User,Model,Device,Creation_Time,Arrival_Time,x,y,z\nb,m,d,5000000,5,1,2,3\n'),
    );
    appear('c.json', rows(300, 1, 'c'));
    appear('note.txt', 'no');
    writeFileSync(join(folder, '.half.jsonl'), rows(0, 1, 'x'));
    await run();
    await run();
    expect(await taken()).toEqual(['a100', 'a101', 'b5', 'c300']);
    appear('d.jsonl', rows(400, 1, 'd'));
    await run();
    expect((await taken()).slice(4)).toEqual(['d400']);
  });

  it('loses and doubles nothing whichever commit ingest dies before', async () => {
    const big = rows(0, 12_000, 'a');
    expect(big.length).toBeGreaterThan(1 << 20);
    for (let crashAt = 0; ; crashAt++) {
      log = new MemoryLog({ now: () => 0 });
      appear('big.jsonl', big);
      appear('small.jsonl', rows(20_000, 3, 'b'));
      const died = await run(crashAt).then(
        () => false,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Crash);
          return true;
        },
      );
      await run();
      expect(await taken(), `died at ${crashAt}`).toEqual([
        ...names(0, 12_000, 'a'),
        ...names(20_000, 3, 'b'),
      ]);
      if (!died) break;
      expect(crashAt).toBeLessThan(20);
    }
  }, 60_000);

  it('has the windows of its devices closed once nothing has come for a while', async () => {
    appear('a.jsonl', rows(100, 1, 'a'));
    await run(Infinity, true);
    expect(await taken()).toEqual(['a100', 'closed 1']);
    appear('b.jsonl', rows(200, 1, 'a'));
    await run();
    expect(await taken()).toEqual(['a100', 'closed 1', 'a200']);
  });

  it('follows no link, also where one has taken the place of a file that was being read', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'hark-outside-'));
    try {
      writeFileSync(join(outside, 'theirs.jsonl'), rows(1, 1, 'x'));
      symlinkSync(join(outside, 'theirs.jsonl'), join(folder, 'a.jsonl'));
      appear('b.jsonl', rows(2, 12_000, 'b'));
      await expect(run(1)).rejects.toThrow(Crash);
      rmSync(join(folder, 'b.jsonl'));
      symlinkSync(join(outside, 'theirs.jsonl'), join(folder, 'b.jsonl'));
      appear('c.jsonl', rows(3, 1, 'c'));
      await run();
      const got = await taken();
      expect(got.at(-1)).toBe('c3');
      expect(got.filter((each) => each.startsWith('x'))).toEqual([]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('passes over a file that can not be read, with a warning, and goes on', async () => {
    appear('a.csv', 'no,such,columns\n1,2,3\n');
    appear('b.jsonl', rows(1, 1, 'b'));
    await run();
    expect(await taken()).toEqual(['b1']);
  });
});

describe('the pieces of a file', () => {
  it('are cut at line ends, the same each time, and hold all of it', async () => {
    appear('x.csv', 'aa\nbbbb\ncc\nd');
    for (const bytes of [1, 3, 4, 5, 8, 100]) {
      const pieces: string[] = [];
      for await (const piece of filePieces(join(folder, 'x.csv'), bytes))
        pieces.push(Buffer.from(piece).toString());
      expect(pieces.join('')).toBe('aa\nbbbb\ncc\nd');
      expect(pieces.slice(0, -1).every((piece) => piece.endsWith('\n') && piece.length >= bytes)).toBe(true);
    }
  });
});
