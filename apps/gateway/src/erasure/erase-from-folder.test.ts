import { TOPICS } from '@hark/contracts';
import { Principal, readErasureMarker, writeErasureMarker, type ErasureMarker } from '@hark/service';
import { FileArtifactStore, LmdbLog } from '@hark/streaming/adapters';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LEARNER_SETTINGS, RecordedService, WINDOW_SETTINGS } from '../testing/recorded-service.js';
import { eraseFromFolder } from './erase-from-folder.js';
import { ErasureJobs } from './erasure-jobs.js';
import { searchFolder } from './folder-search.js';

const THEY = 'user-to-be-erased';

let data: string;
let jobs: ErasureJobs;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'hark-erase-'));
  jobs = new ErasureJobs(data, () => 1_700_000_000_000);
  await onFolder(async (service) => {
    for (let second = 0; second < 30; second++) await service.send([THEY, 'b'], second);
    await service.take();
  });
});
afterEach(() => rmSync(data, { recursive: true }));

async function onFolder<T>(work: (service: RecordedService) => Promise<T>): Promise<T> {
  const log = new LmdbLog({ dir: join(data, 'log') });
  try {
    return await work(await RecordedService.start(log, new FileArtifactStore(join(data, 'artifacts'))));
  } finally {
    await log.close();
  }
}

const erase = (marker: ErasureMarker) =>
  eraseFromFolder({
    ...{ jobs, marker, tokenFile: join(data, 'tokens.json') },
    settings: { ...WINDOW_SETTINGS, ...LEARNER_SETTINGS },
  });

const requested = (): ErasureMarker => {
  jobs.request(THEY, Principal.local);
  return readErasureMarker(data)!;
};

describe('the erasure of a user from a folder', () => {
  it('leaves not a byte of their name, a job that is done, and a service that goes on', async () => {
    expect(searchFolder(data, THEY).occurrences).toBeGreaterThan(10);
    const marker = requested();
    await erase(marker);
    expect(searchFolder(data, THEY)).toMatchObject({ occurrences: 0 });
    expect(readErasureMarker(data)).toBe(null);
    expect(jobs.get(marker.id)).toMatchObject({
      ...{ status: 'done', progress: 1, error: null, seconds: 0 },
      ...{ erased: { sampleRecords: 30, windows: 58 }, proof: { occurrences: 0 } },
    });
    await onFolder(async (service) => {
      for (let second = 30; second < 35; second++) await service.send(['b'], second);
      await service.take();
      // Early and final ones of 35 seconds, less those that are not over yet.
      expect((await service.read(TOPICS.predictions)).length).toBeGreaterThanOrEqual(66);
    });
  });

  it('takes the user out of tokens, and tokens that were for nobody else', async () => {
    const token = { name: 't', roles: ['subscribe'], created: null, expires: null };
    const tokens = [
      { ...token, id: 'k1', hash: '1'.repeat(64), users: [THEY] },
      { ...token, id: 'k2', hash: '2'.repeat(64), users: [THEY, 'b'] },
    ];
    writeFileSync(join(data, 'tokens.json'), JSON.stringify({ version: 1, tokens }));
    await erase(requested());
    expect(searchFolder(data, THEY)).toMatchObject({ occurrences: 0 });
    expect(searchFolder(data, '2'.repeat(64))).toMatchObject({ occurrences: 1 });
  });

  it('puts the new files in place after a crash that came between the two', async () => {
    const marker = requested();
    writeErasureMarker(data, marker);
    // As left behind by a death right after the first of the two had taken its place.
    await erase(marker);
    mkdirSync(join(data, 'artifacts.new'));
    writeFileSync(join(data, 'artifacts.new', 'x'), 'new');
    writeErasureMarker(data, { ...marker, phase: 'swap' });
    await erase({ ...marker, phase: 'swap' });
    expect(existsSync(join(data, 'artifacts', 'x'))).toBe(true);
    expect(existsSync(join(data, 'artifacts.old'))).toBe(false);
    expect(existsSync(join(data, 'log', 'learner', 'data.mdb'))).toBe(true);
    expect(readErasureMarker(data)).toBe(null);
  });

  it('that fails leaves everything as it was and says why', async () => {
    const before = await onFolder((service) => service.read(TOPICS.predictions));
    const marker = requested();
    const failing = eraseFromFolder({
      ...{ jobs, marker, tokenFile: join(data, 'tokens.json') },
      get settings(): never {
        throw new Error('no settings');
      },
    });
    await failing;
    expect(jobs.get(marker.id)).toMatchObject({ status: 'failed', error: 'no settings', proof: null });
    expect(readErasureMarker(data)).toBe(null);
    expect(existsSync(join(data, 'log.new'))).toBe(false);
    expect(await onFolder((service) => service.read(TOPICS.predictions))).toEqual(before);
  });

  it('is refused while another is under way, and its job is not found by any other name', () => {
    const { id } = requested();
    expect(() => jobs.request('b', Principal.local)).toThrow(`The erasure ${id} is under way`);
    for (const name of ['', '..', `../${id}`, `${id}.json`, 'f'.repeat(16)]) {
      expect(() => jobs.get(name)).toThrow('There is no erasure of this id.');
    }
  });
});
