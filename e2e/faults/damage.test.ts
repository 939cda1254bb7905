import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from 'lmdb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { unpackDataFolder } from '../compat/packed-data-folder.js';
import { SETTINGS } from '../compat/small-life.js';
import { APPS, Service, hark, type App } from '../harness.js';
import { refusedStart } from '../refused-start.js';

const STORED = fileURLToPath(new URL('../../compat/0.1.0', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'hark-damage-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Flips one bit in the middle of the first value whose key begins so: a snapshot (0x22) or a frame (0x10). */
async function flipBit(dataFolder: string, app: App, kind: 0x10 | 0x22, name: string): Promise<void> {
  const path = join(dataFolder, 'log', app);
  const store = open<Buffer, Buffer>({ path, encoding: 'binary', keyEncoding: 'binary' });
  const start = Buffer.concat([Buffer.from([kind]), Buffer.from(`${name}\0`)]);
  for (const { key, value } of store.getRange({ start, limit: 1 })) {
    const copy = Buffer.from(value);
    copy[copy.length >> 1] ^= 1;
    await store.put(key, copy);
  }
  await store.close();
}

describe('a flipped bit', () => {
  let service: Service;
  afterEach(() => service?.stop());
  const begin = () => {
    service = new Service({ ...SETTINGS, HARK_LOG_LEVEL: 'silent' });
    unpackDataFolder(STORED, service.data);
  };
  const start = () => Promise.all(APPS.map((app) => service.startApp(app)));

  it('in a stored state is told of in one line that names the state, the folder and what to do', async () => {
    await Promise.all(
      (
        [
          ['ingest', 'windower'],
          ['learner', 'learner'],
          ['gateway', 'live'],
        ] as const
      ).map(async ([app, runner]) => {
        const folder = mkdtempSync(join(root, 'data-'));
        unpackDataFolder(STORED, folder);
        await flipBit(folder, app, 0x22, runner);
        const { code, stderr } = await refusedStart(app, { ...SETTINGS, HARK_DATA: folder });
        expect([code, stderr]).toEqual([
          1,
          `${join(folder, 'log', app)}: the snapshot of ${runner} is corrupt: its checksum does not match; ` +
            'nothing of it is used: put a copy of the data folder back, or take another one (HARK_DATA)\n',
        ]);
      }),
    );
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

function epochOf(dataFolder: string): string {
  return readFileSync(join(dataFolder, 'log/epoch'), 'utf8').trim();
}
