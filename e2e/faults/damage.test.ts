import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LmdbLog } from '@hark/streaming/adapters';
import { open } from 'lmdb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { unpackDataFolder } from '../compat/packed-data-folder.js';
import { SETTINGS, goOn, seen } from '../compat/small-life.js';
import { storedStates } from '../compat/stored-versions.js';
import { APPS, Service, hark, type App } from '../harness.js';
import { refusedStart } from '../refused-start.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Of a build that stored each state once, and of a later one that has trimmed its log. */
const STORED = join(ROOT, 'compat/0.1.0');
const TRIMMED = join(ROOT, 'compat/0.1.0-trimmed');
const expectedOf = (stored: string) =>
  JSON.parse(readFileSync(join(stored, 'expected.json'), 'utf8')) as Record<'seen' | 'after', unknown>;
/** States that are made of records, by app; the others are kept as they are. */
const MADE_OF_RECORDS = {
  ingest: ['windower'],
  learner: ['learner'],
  gateway: ['alert-desk', 'live', 'report-desk', 'sessions', 'version-scores'],
} as const;

/** Topics that an app reads at its start, of which the first record is short. */
const SHORT = { ingest: ['ingest-settings'], learner: ['learner-settings', 'models'] } as const;
const PAGE_BYTES = 4096;
const root = mkdtempSync(join(tmpdir(), 'hark-damage-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * Flips one bit, or several, in the middle of the first value whose key begins so: a snapshot (0x22), or a frame (0x10), the first
 * of a topic or the one with a record.
 */
async function flipBit(
  dataFolder: string,
  app: App,
  kind: 0x10 | 0x22,
  name: string,
  { record = 0, bits = 0b1 } = {},
): Promise<void> {
  const path = join(dataFolder, 'log', app);
  const store = open<Buffer, Buffer>({ path, encoding: 'binary', keyEncoding: 'binary' });
  const place = Buffer.alloc(kind === 0x10 ? 16 : 0);
  if (kind === 0x10) place.writeBigUInt64BE(BigInt(record), 8);
  const start = Buffer.concat([Buffer.from([kind]), Buffer.from(`${name}\0`), place]);
  for (const { key, value } of store.getRange({ start, limit: 1 })) {
    const copy = Buffer.from(value);
    copy[copy.length >> 1] ^= bits;
    await store.put(key, copy);
  }
  await store.close();
}

/** What an app says at level error until it is ready and its reports run; it is killed then. */
async function saidAtStart(app: App, dataFolder: string): Promise<string[]> {
  const port = { [`HARK_${app.toUpperCase()}_PORT`]: '0' };
  const child = spawn(process.execPath, [`apps/${app}/dist/main.js`], {
    cwd: ROOT,
    env: { ...process.env, ...SETTINGS, ...port, HARK_LOG_LEVEL: 'info', HARK_DATA: dataFolder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  const ended = once(child, 'close');
  for await (const line of createInterface(child.stderr)) {
    const { level, msg, port } = JSON.parse(line) as { level: number; msg: string; port?: number };
    if (level >= 50) said.push(msg);
    if (msg !== `${app} is listening`) continue;
    void untilAllRuns(`http://127.0.0.1:${port}`).finally(() => child.kill('SIGKILL'));
  }
  await ended;
  return said;
}

async function untilAllRuns(app: string): Promise<void> {
  while (!(await fetch(`${app}/health/ready`)).ok) await sleep(20);
  // Reports are brought back beside what is ready; the lag of each is told once it is.
  for (;;) {
    const metrics = await (await fetch(`${app}/metrics`)).text();
    const wanted = metrics.match(/^hark_report_running{.*} 1$/gm) ?? [];
    const running = metrics.match(/^hark_report_lag_records{/gm) ?? [];
    if (running.length === wanted.length) return;
    await sleep(20);
  }
}

describe('a flipped bit', () => {
  let service: Service;
  afterEach(() => service?.stop());
  const begin = (stored = STORED) => {
    service = new Service({ ...SETTINGS, HARK_LOG_LEVEL: 'silent' });
    unpackDataFolder(stored, service.data);
  };
  const start = () => Promise.all(APPS.map((app) => service.startApp(app)));

  it('in every state is read from its copy, also where the log was trimmed, and put right', async () => {
    begin(TRIMMED);
    for (const app of APPS) {
      const states = await storedStates(service.data, app);
      for (const state of states) await flipBit(service.data, app, 0x22, state);
      expect((await saidAtStart(app, service.data)).sort()).toEqual(
        states.map((state) => `the snapshot of ${state} is damaged: its copy is used`),
      );
      expect(await saidAtStart(app, service.data)).toEqual([]);
    }
    await start();
    const { seen: before, after } = expectedOf(TRIMMED);
    expect(await seen(service)).toEqual(before);
    expect(await goOn(service)).toEqual(after);
  }, 120_000);

  it('in a state without a copy is made up for by the log, bit for bit, and said', async () => {
    begin();
    for (const app of APPS)
      for (const runner of MADE_OF_RECORDS[app]) await flipBit(service.data, app, 0x22, runner);
    for (const app of APPS)
      expect((await saidAtStart(app, service.data)).sort()).toEqual(
        MADE_OF_RECORDS[app].map(
          (runner) => `the snapshot of ${runner} is damaged: every step is executed again from the first`,
        ),
      );
    await start();
    const { seen: before, after } = expectedOf(STORED);
    expect(await seen(service)).toEqual(before);
    expect(await goOn(service)).toEqual(after);
  }, 120_000);

  it('in the only place of a state that no records made is told of in one line, with what to do', async () => {
    const folder = mkdtempSync(join(root, 'data-'));
    unpackDataFolder(STORED, folder);
    await flipBit(folder, 'ingest', 0x22, 'front-door');
    const { code, stderr } = await refusedStart('ingest', { ...SETTINGS, HARK_DATA: folder });
    expect([code, stderr]).toEqual([
      1,
      `${join(folder, 'log', 'ingest')}: the snapshot of front-door is corrupt: its checksum does not match; ` +
        'nothing of it is used: put a copy of the data folder back, or take another one (HARK_DATA)\n',
    ]);
  }, 60_000);

  it('in a version refuses that version, by name, and every other goes on answering', async () => {
    begin();
    const models = join(service.data, 'artifacts/models');
    const [name] = readdirSync(models).filter((each) => each.startsWith('v2-'));
    const bytes = readFileSync(join(models, name));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(join(models, name), bytes);
    await start();
    const back = (to: number) =>
      service.post('gateway', `/v1/models/${to}/rollback`, { learning: 'continue' });
    expect(await back(2)).toMatchObject({ status: 409, body: { code: 'damaged_version' } });
    const state = await fetch(service.url('gateway', '/v1/models/2/state'));
    expect([state.status, await state.json()]).toMatchObject([409, { code: 'damaged_version' }]);
    expect(await back(3)).toMatchObject({ status: 200, body: { to: 3 } });
    expect((await fetch(service.url('learner', '/health/ready'))).status).toBe(200);
  }, 60_000);

  it('in a version gone back to is told of when that is executed again, and the others go on', async () => {
    begin();
    await start();
    const rollback = await service.post('gateway', '/v1/models/3/rollback', { learning: 'continue' });
    expect(rollback.status, JSON.stringify(rollback.body)).toBe(200);
    for (const app of APPS) await service.kill(app);
    const models = join(service.data, 'artifacts/models');
    for (const name of readdirSync(models).filter((each) => each.startsWith('v3-'))) {
      const bytes = readFileSync(join(models, name));
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(join(models, name), bytes);
    }
    expect(await saidAtStart('learner', service.data)).toEqual([
      expect.stringMatching(
        /^record \d+ of models\/0 comes out otherwise when its step is executed again: the learner goes on with \{"kind":"refused","code":"damaged_version"/,
      ),
    ]);
  }, 120_000);

  it('in a short record is put right, said, and all is as it was', async () => {
    begin();
    for (const [app, topics] of Object.entries(SHORT)) {
      for (const topic of topics) await flipBit(service.data, app as App, 0x10, topic);
    }
    const places = Object.values(SHORT)
      .flat()
      .map((topic) => `record 0 of ${topic}/0`);
    const said = await Promise.all(APPS.map((app) => saidAtStart(app, service.data)));
    for (const place of places)
      expect(said.flat()).toContain(`the ${place} is damaged: its one wrong bit is put right`);
    const verified = await hark(['verify', '--data', service.data, '--json']);
    const { same, damage } = JSON.parse(verified.stdout) as { same: boolean; damage: { what: string }[] };
    expect([same, damage.map(({ what }) => what).sort()]).toEqual([true, places.sort()]);
    expect((await hark(['verify', '--data', service.data])).stdout).toContain(
      '3 damaged places, made up for while reading:\n',
    );
    await start();
    const { seen: before, after } = expectedOf(STORED);
    expect(await seen(service)).toEqual(before);
    expect(await goOn(service)).toEqual(after);
  }, 120_000);

  it('in what was said of versions leaves those out, says so, and all else goes on', async () => {
    begin();
    await flipBit(service.data, 'learner', 0x10, 'models', { bits: 0b11 });
    await start();
    const { versions, current } = await service.get<{ versions: { version: number }[]; current: number }>(
      'gateway',
      '/v1/models',
    );
    expect([versions.map(({ version }) => version), current]).toEqual([[6, 5], 6]);
    for (const app of APPS) await service.terminate(app);
    expect(await saidAtStart('gateway', service.data)).toEqual([
      'record 0 of models/0 is corrupt: its checksum does not match; it is left out',
    ]);
  }, 60_000);

  it('in records that nobody has taken leaves those out, says so, and takes what comes after', async () => {
    begin();
    const log = new LmdbLog({ dir: join(service.data, 'log') });
    const writer = await log.writer('ingest');
    const end = await log.end('samples', 0);
    // Repeats of the last, which the windower drops as duplicates.
    const [{ key, value }] = await log.read('samples', 0, end - 1, 1);
    const again = { appends: [{ topic: 'samples', partition: 0, records: [{ key, value }] }] };
    await writer.commit(again);
    await writer.commit(again);
    await log.close();
    await flipBit(service.data, 'ingest', 0x10, 'samples', { record: end, bits: 0b11 });
    const corrupt = `record ${end} of samples/0 is corrupt: its checksum does not match`;
    expect(await saidAtStart('ingest', service.data)).toContain(
      `${corrupt}; the windower goes on without it`,
    );
    expect(await saidAtStart('gateway', service.data)).toEqual([`${corrupt}; it is left out`]);
    await start();
    const { predictions } = expectedOf(STORED).seen as { predictions: unknown };
    expect((await seen(service)).predictions).toEqual(predictions);
    expect((await service.get('ingest', '/v1/status'))['windower']).toMatchObject({ lagRecords: 0 });
  }, 60_000);

  it('in the log is never served: the record is named, the others are, and what has been taken stands', async () => {
    begin();
    await flipBit(service.data, 'learner', 0x10, 'predictions');
    await start();
    await expect(service.predictions(1)).rejects.toThrow('"code":"corrupt_log"');
    // What was derived of it before stands, and what comes is taken.
    expect((await service.get<{ versions: unknown[] }>('gateway', '/v1/models')).versions).toHaveLength(6);
    expect((await service.get<{ sessions: unknown[] }>('gateway', '/v1/sessions')).sessions).toHaveLength(3);
    expect(
      (await service.predictions(1, { since: { epoch: epochOf(service.data), offset: 70 } })).length,
    ).toBeGreaterThan(0);
    const { code, stderr } = await hark(['verify', '--data', service.data]);
    expect([code, stderr]).toEqual([
      1,
      'hark: record 0 of predictions/0 is corrupt: its checksum does not match\n',
    ]);
  }, 60_000);
});

/** Where the tree of what is stored begins, as the newer of the two meta pages says. */
function rootOf(file: Buffer): number {
  const metas = [0, PAGE_BYTES].map((at) => ({
    transaction: file.readBigUInt64LE(at + 152),
    root: Number(file.readBigUInt64LE(at + 136)),
  }));
  return metas[metas[0].transaction > metas[1].transaction ? 0 : 1].root;
}

describe('a page of the log that holds something else', () => {
  it.each([
    ['ingest', 'meta page 0', () => 0],
    ['learner', 'meta page 1', () => 1],
    ['gateway', 'page', rootOf],
  ] as const)(
    'in what the %s has written (%s) is told of by each app and command in one line, with what to do',
    async (app, what, pageOf) => {
      const folder = mkdtempSync(join(root, 'data-'));
      unpackDataFolder(STORED, folder);
      const path = join(folder, 'log', app, 'data.mdb');
      const file = readFileSync(path);
      const page = pageOf(file);
      randomBytes(PAGE_BYTES).copy(file, page * PAGE_BYTES);
      writeFileSync(path, file);
      const line =
        `${path} is damaged: ${what === 'page' ? `page ${page}` : what}; nothing of it is used: ` +
        'put a copy of the data folder back, or take another one (HARK_DATA)\n';
      for (const each of APPS) {
        const { code, stderr } = await refusedStart(each, { ...SETTINGS, HARK_DATA: folder });
        expect([each, code, stderr]).toEqual([each, 1, line]);
      }
      const verified = await hark(['verify', '--data', folder]);
      expect([verified.code, verified.stderr]).toEqual([1, `hark: ${line}`]);
      // Nothing was changed by trying.
      expect(readFileSync(path).equals(file)).toBe(true);
    },
    120_000,
  );

  it('while the apps run is named by `hark verify` beside them', async () => {
    // What LMDB itself prints of it is not to stand among the tests' output.
    const nowhere = openSync('/dev/null', 'a');
    const service = new Service({ ...SETTINGS, HARK_LOG_LEVEL: 'silent' }, nowhere);
    unpackDataFolder(STORED, service.data);
    await service.startAll();
    try {
      const path = join(service.data, 'log', 'learner', 'data.mdb');
      expect((await hark(['verify', '--data', service.data])).code).toBe(0);
      const page = rootOf(readFileSync(path));
      const file = openSync(path, 'r+');
      writeSync(file, randomBytes(PAGE_BYTES), 0, PAGE_BYTES, page * PAGE_BYTES);
      closeSync(file);
      const { code, stderr } = await hark(['verify', '--data', service.data]);
      expect([code, stderr]).toEqual([
        1,
        `hark: ${path} is damaged: page ${page}; nothing of it is used: ` +
          'put a copy of the data folder back, or take another one (HARK_DATA)\n',
      ]);
    } finally {
      await service.stop();
      closeSync(nowhere);
    }
  }, 120_000);
});

function epochOf(dataFolder: string): string {
  return readFileSync(join(dataFolder, 'log/epoch'), 'utf8').trim();
}
