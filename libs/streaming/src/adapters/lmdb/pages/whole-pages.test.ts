import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CorruptLogError, CorruptStateError, type StoredDamage } from '../../../log/log.js';
import { LmdbLog } from '../lmdb-log.js';
import { DamagedFileError } from '../storage-errors.js';
import { requireWholePages } from './whole-pages.js';

const PAGE_BYTES = 4096;
const TOPICS = ['samples', 'windows'];
const root = mkdtempSync(join(tmpdir(), 'hark-pages-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Bytes that depend on the seed alone: no page looks like them. */
function garbage(seed: number, length: number): Buffer {
  let state = seed + 1;
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const state = (step: number) => garbage(1000 + step, 12_000);
const input = (from: number) => [{ topic: 'samples', partition: 0, from, to: from + 1 }];

/** Short and long records, a state that is stored again and again, and room given back: trees of two levels, free pages. */
async function write(dir: string, count: number): Promise<void> {
  const log = new LmdbLog({ dir, now: () => 1_700_000_000_000 });
  const writer = await log.writer('ingest');
  const from = await log.end('samples', 0);
  for (let i = from; i < from + count; i++) {
    const appends = TOPICS.map((topic) => ({
      ...{ topic, partition: 0 },
      records: [{ key: String(i), value: garbage(i, i % 9 === 0 ? 9000 : 200) }],
    }));
    const step = { runner: 'windower', inputs: input(i) };
    await writer.commit({ appends, step, ...(i % 10 === 9 && { snapshot: state(i) }) });
  }
  await writer.trim('samples', 0, from + count - 20);
  await log.close();
}

/** A digest of all that can be read of a folder. */
async function content(dir: string, onDamage?: (damage: StoredDamage) => void): Promise<string> {
  const log = new LmdbLog({ dir, onDamage });
  try {
    const found: unknown[] = [];
    for (const topic of TOPICS) {
      const end = await log.end(topic, 0);
      let offset = await log.earliest(topic, 0);
      found.push(topic, offset, end);
      while (offset < end) {
        const records = await log.read(topic, 0, offset, 1 << 20);
        for (const { key, value } of records) found.push(key, Buffer.from(value).toString('base64'));
        offset += records.length;
      }
    }
    const { steps, replay, snapshot } = await log.runnerState('ingest', 'windower');
    found.push(log.runners('ingest'), steps, replay, snapshot?.step);
    found.push(Buffer.from(snapshot?.state ?? []).toString('base64'));
    return createHash('sha256').update(JSON.stringify(found)).digest('hex');
  } finally {
    await log.close();
  }
}

describe('the pages of an environment', () => {
  const whole = join(root, 'whole');
  let bytes: Buffer;
  let expected: string;
  let copies = 0;

  /** A folder with the same log, of which these bytes stand at this place. */
  function overwritten(at: number, by: Buffer): string {
    const dir = join(root, String(copies++));
    mkdirSync(join(dir, 'ingest'), { recursive: true });
    copyFileSync(join(whole, 'epoch'), join(dir, 'epoch'));
    const copy = Buffer.from(bytes);
    by.copy(copy, at);
    writeFileSync(join(dir, 'ingest', 'data.mdb'), copy);
    return dir;
  }

  beforeAll(async () => {
    await write(whole, 50);
    bytes = readFileSync(join(whole, 'ingest', 'data.mdb'));
    expected = await content(whole);
  });

  it('are whole however often records were written, trimmed, and states stored again', async () => {
    const dir = join(root, 'lived');
    for (let life = 0; life < 6; life++) {
      await write(dir, 40);
      expect(() => requireWholePages(join(dir, 'ingest'), false)).not.toThrow();
    }
  });

  it.each([
    ['garbage', 0, (page: number) => garbage(page, PAGE_BYTES)],
    ['zeros', 0, () => Buffer.alloc(PAGE_BYTES)],
    ['zeros at their end', 2600, () => Buffer.alloc(PAGE_BYTES - 2600)],
    ['garbage across two of them', 1500, (page: number) => garbage(page, PAGE_BYTES)],
    ['what another page holds', 0, (page: number) => pageOf(page + 3)],
  ])(
    'overwritten with %s are told of, or what they hold is, or nothing is missing',
    async (_, from, by) => {
      const outcomes = { same: 0, page: 0, value: 0 };
      for (let page = 0; page < bytes.length / PAGE_BYTES; page++) {
        const dir = overwritten(page * PAGE_BYTES + from, by(page));
        let told = 0;
        try {
          const read = await content(dir, () => told++);
          if (told === 0) expect(read, `page ${page}`).toBe(expected);
          outcomes[told === 0 ? 'same' : 'value']++;
        } catch (error) {
          if (error instanceof DamagedFileError) outcomes.page++;
          else if (error instanceof CorruptLogError || error instanceof CorruptStateError) outcomes.value++;
          else throw error;
        }
        rmSync(dir, { recursive: true });
      }
      expect(outcomes.page).toBeGreaterThan(4);
      expect(outcomes.value).toBeGreaterThan(4);
      expect(outcomes.same).toBeGreaterThan(4);
    },
    60_000,
  );

  it('say which file and which page, and what to do', async () => {
    const dir = overwritten(PAGE_BYTES, garbage(0, PAGE_BYTES));
    await expect(content(dir)).rejects.toThrow(
      `${join(dir, 'ingest', 'data.mdb')} is damaged: meta page 1; nothing of it is used: ` +
        'put a copy of the data folder back, or take another one (HARK_DATA)',
    );
    const log = new LmdbLog({ dir });
    await expect(log.writer('ingest')).rejects.toThrow(DamagedFileError);
    await log.close();
  });

  it('of a file that was cut off are missed', async () => {
    for (const pages of [2, 3, Math.floor(bytes.length / PAGE_BYTES / 2)]) {
      const dir = overwritten(0, Buffer.alloc(0));
      truncateSync(join(dir, 'ingest', 'data.mdb'), pages * PAGE_BYTES);
      await expect(content(dir)).rejects.toThrow(DamagedFileError);
    }
  });

  it('that lost the header of a value get it back before their room is used for something else', async () => {
    // The only pages that hold the state are freed once it is stored again: as many as their header says.
    const start = state(49).subarray(0, 200);
    const places = [bytes.indexOf(start), bytes.lastIndexOf(start)];
    expect(places[1]).toBeGreaterThan(places[0]);
    for (const place of places) {
      const page = Math.floor(place / PAGE_BYTES);
      const dir = overwritten(page * PAGE_BYTES, garbage(page, PAGE_BYTES));
      const told: string[] = [];
      const log = new LmdbLog({ dir, onDamage: ({ what }) => told.push(what) });
      const writer = await log.writer('ingest');
      await writer.runnerState('windower');
      expect(told).toHaveLength(1);
      await log.close();
      expect(await content(dir)).toBe(expected);
      expect(() => requireWholePages(join(dir, 'ingest'), false)).not.toThrow();
    }
  });

  function pageOf(number: number): Buffer {
    const at = (number % (bytes.length / PAGE_BYTES)) * PAGE_BYTES;
    return bytes.subarray(at, at + PAGE_BYTES);
  }
});
