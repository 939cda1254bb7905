import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LogReader, LogRecord } from '../../log/log.js';
import { CorruptLogError, CorruptStateError, FencedError } from '../../log/log.js';
import { LmdbLog } from './lmdb-log.js';

const root = mkdtempSync(join(tmpdir(), 'hark-processes-'));
const program = join(root, 'program', 'log-process.mjs');
const children: ChildProcess[] = [];
const logs: LmdbLog[] = [];
let made = 0;
const folder = () => join(root, String(made++));

/** The other process runs what is tested here, from source: bundled once, with lmdb left outside. */
beforeAll(async () => {
  const require = createRequire(import.meta.url);
  const lmdb = join(require.resolve('lmdb'), '..', '..', 'node-index.js');
  const conditions = ['@hark/source', 'node', 'import'];
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions, alias: { lmdb } },
    ssr: { noExternal: true, resolve: { conditions } },
    build: {
      ssr: fileURLToPath(new URL('testing/log-process.ts', import.meta.url)),
      outDir: join(root, 'program'),
      target: 'node20',
      rollupOptions: { external: [lmdb], output: { entryFileNames: 'log-process.mjs' } },
    },
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const log of logs.splice(0)) await log.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function open(dir: string): LmdbLog {
  const log = new LmdbLog({ dir });
  logs.push(log);
  return log;
}

/** Starts the other process. */
function start(dir: string, what: string, command = [process.execPath]): ChildProcess {
  const [file, ...args] = [...command, program, dir, what];
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

function lines(child: ChildProcess): AsyncIterableIterator<string> {
  if (child.stdout === null) throw new Error('no standard output');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

async function run(dir: string, what: string): Promise<string[]> {
  const said: string[] = [];
  for await (const line of lines(start(dir, what))) said.push(line);
  return said;
}

async function readAll(log: LogReader, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (;;) {
    const more = await log.read(topic, 0, records.length, 1 << 20);
    if (more.length === 0) return records;
    records.push(...more);
  }
}

const numbers = (records: readonly LogRecord[]) =>
  records.map(({ value }) => Number.parseInt(new TextDecoder().decode(value), 10));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** What the other process committed: `n` records in each topic, as many steps, the state after the last. */
async function expectWhole(log: LmdbLog): Promise<number> {
  const n = await log.end('samples', 0);
  expect(numbers(await readAll(log, 'samples'))).toEqual(upTo(n));
  expect(numbers(await readAll(log, 'windows'))).toEqual(upTo(n));
  const state = await (await log.writer('ingest')).runnerState('windower');
  expect(state.steps).toBe(n);
  expect(state.positions.get('samples/0')).toBe(n);
  expect(state.snapshot?.step).toBe(n);
  expect(new TextDecoder().decode(state.snapshot?.state)).toBe(String(n - 1));
  const steps = await log.steps('ingest', 'windower', 0, n + 1);
  expect(steps.map(([input]) => input.from)).toEqual(upTo(n));
  return n;
}

describe('LmdbLog among processes', () => {
  it('reads what another process wrote, in an app folder that was not there when it looked first', async () => {
    const dir = folder();
    const log = open(dir);
    expect(await log.read('samples', 0, 0, 1)).toEqual([]);
    expect(await log.steps('ingest', 'windower', 0, 9)).toEqual([]);
    const changed = log.changed(new AbortController().signal);
    expect(await run(dir, 'three')).toEqual(['written']);
    await changed;
    expect(numbers(await readAll(log, 'samples'))).toEqual([0, 1, 2]);
    expect(await expectWhole(log)).toBe(3);
  });

  it('wakes a waiting reader for each thing that another process commits, while its map grows', async () => {
    const dir = folder();
    const log = open(dir);
    const child = start(dir, 'stream');
    let n = 0;
    while (n < 400) {
      const changed = log.changed(new AbortController().signal);
      const read = await log.read('samples', 0, n, 1 << 20);
      if (read.length === 0) await changed;
      expect(numbers(read)).toEqual(upTo(read.length).map((i) => n + i));
      n += read.length;
    }
    child.kill('SIGKILL');
  });

  it('is the same log to processes that start at the same time', async () => {
    const dir = folder();
    const said = await Promise.all(upTo(4).map(() => run(dir, 'epoch')));
    expect(new Set(said.flat())).toEqual(new Set([open(dir).epoch]));
    expect(said.flat()[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('loses nothing durable and keeps no half of a commit when the writer is killed, again and again', async () => {
    const dir = folder();
    let before = 0;
    for (let round = 0; round < 8; round++) {
      const child = start(dir, 'stream');
      let durable = 0;
      const enough = before + 2 + 30 * round;
      for await (const line of lines(child)) {
        durable = Number(line);
        if (durable > enough) child.kill('SIGKILL');
      }
      const log = new LmdbLog({ dir });
      const stands = await expectWhole(log);
      await log.close();
      expect(stands).toBeGreaterThanOrEqual(durable);
      expect(durable).toBeGreaterThan(before);
      before = stands;
    }
  });

  it('keeps a large state whole, or the one before, when the writer is killed while one is written', async () => {
    const dir = folder();
    let before = 0;
    for (let round = 0; round < 6; round++) {
      const child = start(dir, 'states');
      let stored = before;
      let said = 0;
      for await (const line of lines(child)) {
        stored = Number(line);
        if (++said < 2) continue;
        await new Promise((resolve) => setTimeout(resolve, 7 * round));
        child.kill('SIGKILL');
      }
      const log = new LmdbLog({ dir });
      const { snapshot, replay, steps } = await (await log.writer('ingest')).runnerState('windower');
      const { step, state } = snapshot!;
      expect(step).toBeGreaterThanOrEqual(stored);
      expect(stored).toBeGreaterThan(before);
      expect(state.length).toBe(4 << 20);
      expect(state.every((byte) => byte === step % 256)).toBe(true);
      expect([steps, replay.length]).toEqual([await log.end('samples', 0), steps - step]);
      await log.close();
      before = step;
    }
  });

  it('fences the writer of another process', async () => {
    const dir = folder();
    const child = start(dir, 'stream');
    const said = lines(child);
    await said.next();
    const writer = await open(dir).writer('ingest');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    const { steps } = await writer.runnerState('windower');
    const { firstOffsets } = await writer.commit({
      appends: [{ topic: 'samples', partition: 0, records: [{ key: '', value: new Uint8Array() }] }],
    });
    expect(firstOffsets).toEqual([steps]);
    await open(dir).writer('ingest');
    await expect(writer.commit({ appends: [] })).rejects.toBeInstanceOf(FencedError);
  });

  const canLimit = spawnSync('prlimit', ['--version']).status === 0;
  it.skipIf(!canLimit)(
    `refuses a commit whole when there is no room, goes on reading, and takes it when there is${canLimit ? '' : ' (skipped: no prlimit here)'}`,
    async () => {
      const dir = folder();
      const limited = ['prlimit', '--fsize=1500000:unlimited', process.execPath];
      const child = start(dir, 'fill', limited);
      const said = lines(child);
      const next = async () => (await said.next()).value as string;
      const n = Number(/^log_full after (\d+)$/.exec(await next())?.[1]);
      expect(n).toBeGreaterThan(20);
      expect(await next()).toBe(`end ${n} ${n} steps ${n}`);
      expect(await next()).toBe('read 1');
      expect(await next()).toBe('again log_full');
      await once(spawn('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']), 'exit');
      child.stdin?.write('there is room\n');
      expect(await next()).toBe(`room ${n},${n} of ${n}`);
      expect((await once(child, 'exit'))[0]).toBe(0);
      expect(await expectWhole(open(dir))).toBe(n + 1);
    },
  );

  it.skipIf(!canLimit)(
    `gives up a large state for which there is no room, and its room to the commits${canLimit ? '' : ' (skipped: no prlimit here)'}`,
    async () => {
      const dir = folder();
      const child = start(dir, 'fillByState', ['prlimit', '--fsize=5000000', process.execPath]);
      const said: string[] = [];
      for await (const line of lines(child)) said.push(line);
      expect(said).toEqual(['followed false', 'step 1 of 2', 'end 60']);
      expect(await expectWhole(open(dir))).toBe(60);
    },
  );
});

describe('LmdbLog over a damaged file', () => {
  /** Changes bits of the first byte of `text` wherever it stands in the environment of ingest. */
  function damage(dir: string, text: string, bits = 0b1): number {
    const path = join(dir, 'ingest', 'data.mdb');
    const file = readFileSync(path);
    let found = 0;
    for (let at = file.indexOf(text); at >= 0; at = file.indexOf(text, at + 1), found++) file[at] ^= bits;
    writeFileSync(path, file);
    return found;
  }

  async function written(): Promise<string> {
    const dir = folder();
    const log = new LmdbLog({ dir });
    const writer = await log.writer('ingest');
    for (const value of ['first', 'second', 'third'])
      await writer.commit({
        appends: [
          { topic: 'samples', partition: 0, records: [{ key: '', value: new TextEncoder().encode(value) }] },
        ],
        step: { runner: 'windower', inputs: [{ topic: `of-${value}`, partition: 0, from: 0, to: 1 }] },
        snapshot: new TextEncoder().encode(`state of ${value}`),
      });
    await log.close();
    return dir;
  }

  it('names the record whose byte has changed, and still serves the others', async () => {
    const dir = await written();
    expect(damage(dir, 'second', 0b11)).toBeGreaterThan(0);
    const log = open(dir);
    await expect(log.read('samples', 0, 1, 1)).rejects.toEqual(new CorruptLogError('samples', 0, 1));
    await expect(log.read('samples', 0, 0, 1 << 20)).rejects.toBeInstanceOf(CorruptLogError);
    expect((await log.read('samples', 0, 0, 1)).length).toBe(1);
    expect((await log.read('samples', 0, 2, 1)).length).toBe(1);
  });

  it('puts a short record right of which one bit has changed, and says so', async () => {
    const dir = await written();
    expect(damage(dir, 'second')).toBeGreaterThan(0);
    const told: string[] = [];
    const log = new LmdbLog({ dir, onDamage: ({ what, instead }) => told.push(`${what}: ${instead}`) });
    for (let time = 0; time < 2; time++) {
      const [{ value }] = await log.read('samples', 0, 1, 1);
      expect(new TextDecoder().decode(value)).toBe('second');
    }
    expect(told).toEqual(['record 1 of samples/0: its one wrong bit is put right']);
    await log.close();
  });

  it('does not serve a snapshot that is damaged in both places, nor that of before', async () => {
    const dir = await written();
    expect(damage(dir, 'state of third')).toBeGreaterThan(1);
    const { snapshot, replay, isDamaged } = await (await open(dir).writer('ingest')).runnerState('windower');
    expect([snapshot, isDamaged]).toEqual([null, true]);
    expect(replay.flat().map(({ topic }) => topic)).toEqual(['of-first', 'of-second', 'of-third']);
  });

  it('does not serve a damaged journal', async () => {
    const dir = await written();
    expect(damage(dir, '[{"topic":"of-second"', 0b11)).toBeGreaterThan(0);
    await expect(open(dir).steps('ingest', 'windower', 0, 9)).rejects.toEqual(
      new CorruptStateError('windower', 'journal entry 1'),
    );
  });
});
