import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { CorruptLogError, type LogRecord } from '../../log/log.js';
import { MemoryArtifactStore } from '../../runner/memory-artifact-store.js';
import type { Outputs, Processor } from '../../runner/processor.js';
import { Runner } from '../../runner/runner.js';
import { frameKey } from './keys.js';
import { LmdbLog } from './lmdb-log.js';

const root = mkdtempSync(join(tmpdir(), 'hark-damaged-record-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

/** Says what it has taken so far. */
class Echo implements Processor {
  private taken = '';

  process(_topic: string, _partition: number, { value }: LogRecord, outputs: Outputs): void {
    this.taken += Buffer.from(value).toString();
    outputs.emit('windows', '', Buffer.from(this.taken));
  }

  snapshot(): Uint8Array {
    return Buffer.from(this.taken);
  }

  restore(state: Uint8Array): void {
    this.taken = Buffer.from(state).toString();
  }
}

/** A folder with `samples` committed so: the records of a word together. */
async function folder(...commits: string[]): Promise<string> {
  const dir = join(root, String(made++));
  const log = new LmdbLog({ dir });
  const writer = await log.writer('ingest');
  for (const letters of commits) {
    const records = [...letters].map((letter) => ({ key: '', value: Buffer.from(letter) }));
    await writer.commit({ appends: [{ topic: 'samples', partition: 0, records }] });
  }
  await log.close();
  return dir;
}

/** Flips two bits of what was committed together with its last record at this offset. */
async function damage(dir: string, lastOffset: number): Promise<void> {
  const path = join(dir, 'ingest');
  const store = openLmdb<Buffer, Buffer>({
    ...{ path, noSubdir: false, encoding: 'binary', keyEncoding: 'binary' },
  });
  const key = frameKey('samples', 0, lastOffset);
  const value = Buffer.from(store.get(key)!);
  value[value.length - 1] ^= 0b11;
  await store.put(key, value);
  await store.close();
}

/** A process that takes what there is. @returns what it has said in all, its state, and what it found damaged. */
async function run(dir: string, snapshotEveryBytes = 1000, maxStepBytes = 100) {
  const log = new LmdbLog({ dir });
  const processor = new Echo();
  const found: CorruptLogError[] = [];
  const runner = new Runner({
    ...{ name: 'echo', log, writer: await log.writer('ingest'), processor, maxStepBytes, snapshotEveryBytes },
    ...{ artifacts: new MemoryArtifactStore(), inputs: [{ topic: 'samples', partition: 0 }] },
    ...{ sleep: () => Promise.resolve(), onCorrupt: (error) => found.push(error) },
  });
  try {
    await runner.recover();
    while (await runner.step());
    const said = (await log.read('windows', 0, 0, 1 << 20)).map(({ value }) => Buffer.from(value).toString());
    const [{ position, lag }] = (await runner.progress()).inputs;
    return { said, state: Buffer.from(processor.snapshot()).toString(), found, position, lag };
  } finally {
    await log.close();
  }
}

const DAMAGED: [where: string, commits: string[], last: number, from: number, taken: string][] = [
  ['at the beginning', ['ab', 'cd', 'ef'], 1, 0, 'cdef'],
  ['in the middle', ['ab', 'cd', 'ef'], 3, 2, 'abef'],
  ['at the end', ['ab', 'cd', 'ef'], 5, 4, 'abcd'],
];

describe('damaged records that a runner has not taken', () => {
  it.each(DAMAGED)('%s are named and left out', async (_, commits, last, from, taken) => {
    for (const maxStepBytes of [1, 100]) {
      const dir = await folder(...commits);
      await damage(dir, last);
      const { state, found, position, lag } = await run(dir, 1000, maxStepBytes);
      expect(state).toBe(taken);
      expect(found).toEqual([new CorruptLogError('samples', 0, from, from + 2)]);
      expect([position, lag]).toEqual([6, 0]);
    }
  });

  it.each(DAMAGED)('%s are left out again by whoever executes the steps again', async (_, commits, last) => {
    const dir = await folder(...commits);
    await damage(dir, last);
    const first = await run(dir);
    const again = await run(dir);
    expect([again.said, again.state]).toEqual([first.said, first.state]);
  });
});

describe('damaged records that a runner has taken', () => {
  it('are no matter to one whose stored state holds them', async () => {
    const dir = await folder('ab', 'cd');
    await run(dir, 1);
    await damage(dir, 1);
    expect(await run(dir)).toMatchObject({ state: 'abcd', found: [] });
  });

  it('end one that would have to take them again: its outputs stand, and would be others', async () => {
    const dir = await folder('ab', 'cd');
    await run(dir);
    await damage(dir, 1);
    await expect(run(dir)).rejects.toEqual(new CorruptLogError('samples', 0, 0, 2));
  });
});
