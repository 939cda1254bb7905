import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service } from './harness.js';
import { refusedStart } from './refused-start.js';

const SECONDS = 40;
const RATE_HZ = 25;

/** Labelled samples of one device, both sensors, from a second of its clock on. */
function batches(fromSecond: number): unknown[] {
  return ['accelerometer', 'gyroscope'].map((sensor) => {
    const rows = Array.from({ length: SECONDS * RATE_HZ }, (_, i) => fromSecond * RATE_HZ + i);
    return {
      ...{ user: 'a', device: 'd', model: 'test', sensor, gt: 'walk' },
      creationTime: rows.map((row) => `${1_700_000_000_000 + (row * 1000) / RATE_HZ}000000`),
      x: rows.map((row) => Math.sin(row)),
      y: rows.map((row) => 9.8 + Math.cos(row)),
      z: rows.map(() => 0.1),
    };
  });
}

const versions = async (service: Service) =>
  (await service.get<{ versions: { version: number }[] }>('gateway', '/v1/models')).versions.length;
const learned = async (service: Service) =>
  (await service.get<{ model: { windows: { learned: number } } }>('learner', '/v1/status')).model.windows
    .learned;

describe('a data folder under other settings', () => {
  let service: Service;
  let second = 0;
  const post = async (): Promise<void> => {
    const before = await learned(service);
    const { status } = await service.post('ingest', '/v1/samples', batches(second));
    expect(status).toBe(200);
    second += SECONDS;
    while ((await learned(service)) < before + 15) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  beforeAll(async () => {
    service = await Service.start({ HARK_VERSION_EVERY: '1000' });
    await post();
  });
  afterAll(() => service.stop());

  it('is gone on with after a clean stop, from the next window on', async () => {
    await expect.poll(() => versions(service)).toBe(1);
    expect(await service.terminate('learner')).toBe(0);
    await service.startApp('learner', { HARK_VERSION_EVERY: '5' });
    await post();
    await expect.poll(() => versions(service)).toBeGreaterThan(3);
  });

  it('is refused, in one line, after a kill; with the old ones it starts', async () => {
    await service.kill('learner');
    const environment = { HARK_DATA: service.data, HARK_VERSION_EVERY: '7' };
    const { code, stderr } = await refusedStart('learner', environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^HARK_VERSION_EVERY="7": the learner was not stopped cleanly, and has \d+ steps to execute again as it took them, with "5"; start it once with HARK_VERSION_EVERY=5 and stop it, or take another data folder \(HARK_DATA\)\n$/,
    );
    await service.startApp('learner', { HARK_VERSION_EVERY: '5' });
    expect(await service.terminate('learner')).toBe(0);
    await service.startApp('learner', { HARK_VERSION_EVERY: '7' });
  });

  it('of another classifier, or windows of another size, is refused whatever came before', async () => {
    expect(await service.terminate('learner')).toBe(0);
    expect(await service.terminate('ingest')).toBe(0);
    const learner = await refusedStart('learner', {
      ...{ HARK_DATA: service.data, HARK_VERSION_EVERY: '7', HARK_CLASSIFIER: 'gnb' },
    });
    expect([learner.code, learner.stderr]).toEqual([
      1,
      'HARK_CLASSIFIER="gnb": the learner of this data folder was made with "ensemble", and that can\'t change; ' +
        'set HARK_CLASSIFIER=ensemble, or take another data folder (HARK_DATA)\n',
    ]);
    const ingest = await refusedStart('ingest', { HARK_DATA: service.data, HARK_WINDOW_HOP_MS: '640' });
    expect(ingest.stderr).toMatch(
      /^HARK_WINDOW_HOP_MS="640": the windower .*set HARK_WINDOW_HOP_MS=1280.*\n$/,
    );
    await service.startApp('ingest', { HARK_LATENESS_MS: '5000' });
    await service.startApp('learner', { HARK_VERSION_EVERY: '7' });
    await post();
  });
});
