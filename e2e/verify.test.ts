import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open as openLmdb } from 'lmdb';
import { crc32 } from 'node:zlib';
import { Service, finished, hark, startHark } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-verify-'));
const recording = join(folder, 'rec');

interface Verified {
  readonly same: boolean;
  readonly difference: { readonly topic: string; readonly offset: number } | null;
  readonly windows: number;
  readonly predictions: number;
  readonly digest: string;
}

describe('hark verify', () => {
  let service: Service;
  const verify = async () => {
    const { code, stdout, stderr } = await hark(['verify', '--data', service.data, '--json']);
    return { code, stderr, result: JSON.parse(stdout || 'null') as Verified };
  };

  beforeAll(async () => {
    const simulated = await hark([
      ...['simulate', '--users', '3', '--devices', '4', '--minutes', '2', '--speed', 'max', '--seed', '9'],
      ...['--faults', 'late,dup,skew', '--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    service = await Service.start({ HARK_VERSION_EVERY: '100', HARK_CHALLENGERS: 'gnb' });
    const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
    const importing = finished(startHark(['import', recording, '--wait', ...urls]));
    for (const app of ['learner', 'ingest', 'learner'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await service.kill(app);
      await service.startApp(app);
    }
    const imported = await importing;
    expect(imported.code, imported.stderr).toBe(0);
    const rollback = await service.post('gateway', '/v1/models/1/rollback', { reason: 'try' });
    expect(rollback.status, JSON.stringify(rollback.body)).toBe(200);
    const [first] = await service.predictions(1);
    const label = await service.post('gateway', '/v1/labels', {
      ...{ user: first.user, from: first.window.start, to: first.window.end },
      ...{ activity: 'walk', source: 'user' },
    });
    expect(label.status, JSON.stringify(label.body)).toBe(201);
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds a running service the same, bit for bit, after kills, a rollback and a label', async () => {
    const { code, result, stderr } = await verify();
    expect(code, stderr).toBe(0);
    expect(result).toMatchObject({ same: true, difference: null });
    expect(result.predictions).toBeGreaterThan(200);
    expect(result.predictions).toBe(result.windows);
  }, 60_000);

  it('finds a stopped folder the same, with the same digest, and after a clean stop', async () => {
    const { result: running } = await verify();
    for (const app of ['ingest', 'learner', 'gateway'] as const) expect(await service.terminate(app)).toBe(0);
    const { code, result } = await verify();
    expect(code).toBe(0);
    expect(result.digest).toBe(running.digest);
  }, 60_000);

  it('exits 1 and names the record when one stored prediction has another bit', async () => {
    await alterPrediction(join(service.data, 'log', 'learner'));
    const { code, result, stderr } = await verify();
    expect(code).toBe(1);
    expect(result.difference).toMatchObject({ topic: 'predictions' });
    expect(stderr).toMatch(/^hark: predictions\/\d+ is stored as .*, and comes out as .*\n$/);
  }, 60_000);

  it('is wrong usage where there is no log', async () => {
    const { code, stderr } = await hark(['verify', '--data', folder]);
    expect([code, stderr]).toEqual([2, `hark: ${folder} holds no log\n`]);
  });
});

/** Changes one bit within the first stored frame of predictions, and its checksum so that it fits. */
async function alterPrediction(path: string): Promise<void> {
  const store = openLmdb<Buffer, Buffer>({ path, encoding: 'binary', keyEncoding: 'binary' });
  const start = Buffer.concat([Buffer.from([0x10]), Buffer.from('predictions'), Buffer.from([0])]);
  for (const { key, value } of store.getRange({ start, limit: 1 })) {
    const copy = Buffer.from(value);
    copy[copy.lastIndexOf('0')] ^= 1;
    copy.writeUInt32LE(crc32(key, crc32(copy.subarray(5))), 1);
    await store.put(key, copy);
  }
  await store.close();
}
