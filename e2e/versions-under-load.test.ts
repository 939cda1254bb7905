import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service } from './harness.js';
import { LiveListener } from './live-listener.js';
import { WindowLoad } from './window-load.js';

const WINDOWS_PER_SECOND = 500;
const HOP_MS = 1280;
/** A second and less where nothing else runs, as the figures say that are printed. */
const SOON_MS = 10_000;

interface RollbackAnswer {
  readonly from: number;
  readonly to: number;
  readonly effectiveAt: { readonly topic: string; readonly offset: number };
}

describe(`a rollback while ${WINDOWS_PER_SECOND} windows a second flow`, () => {
  let service: Service;
  let load: WindowLoad;
  let listener: LiveListener;
  const figures: Record<string, number> = {};

  const current = async () => (await service.get<{ current: number }>('gateway', '/v1/models')).current;

  /** Everything posted has been windowed and predicted, and has had the time to be heard. */
  async function caughtUp(): Promise<void> {
    for (const [app, runner] of [
      ['ingest', 'windower'],
      ['learner', 'learner'],
    ] as const) {
      while (
        (await service.get<Record<string, { lagRecords: number }>>(app, '/v1/status'))[runner].lagRecords > 0
      )
        await sleep(50);
    }
    await sleep(1000);
  }

  async function rollback(to: number, key: string): Promise<{ status: number; body: RollbackAnswer }> {
    const response = await fetch(service.url('gateway', `/v1/models/${to}/rollback`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ reason: key }),
    });
    return { status: response.status, body: (await response.json()) as RollbackAnswer };
  }

  beforeAll(async () => {
    // Versions are made here when they are asked for.
    service = await Service.start({ HARK_VERSION_EVERY: '1000000' });
    listener = await LiveListener.open(service);
    load = new WindowLoad(service, WINDOWS_PER_SECOND);
    load.start();
    while (listener.predictions.length < WINDOWS_PER_SECOND) await sleep(20);
    const answered = listener.next(2);
    expect((await service.post('gateway', '/v1/models', {})).status).toBe(201);
    await answered;
  }, 60_000);

  afterAll(async () => {
    await load.stop();
    listener.close();
    await service.stop();
    console.log('versions under load:', JSON.stringify(figures));
  });

  it('is answered, and heard on the socket, soon', async () => {
    const windows = listener.predictions.length;
    const asked = performance.now();
    const heard = listener.next(1);
    const { status, body } = await rollback(1, 'plain');
    figures.answeredMs = performance.now() - asked;
    expect([status, body.to]).toEqual([200, 1]);
    figures.heardMs = (await heard) - asked;
    await sleep(2000);
    figures.windowsPerSecond = ((listener.predictions.length - windows) * 1000) / (performance.now() - asked);
    expect(figures.heardMs).toBeLessThan(SOON_MS);
    expect(figures.windowsPerSecond).toBeGreaterThan(0);
  }, 30_000);

  it.each([-20, 0, 5, 40])(
    'is done once when the learner is killed %i ms after it was asked for',
    async (delayMs) => {
      const to = (await current()) === 1 ? 2 : 1;
      const key = `killed ${delayMs}`.replaceAll(' ', '-');
      const killed = async () => {
        await service.kill('learner');
        return performance.now();
      };
      let death: Promise<number> | undefined;
      if (delayMs < 0) await (death = killed());
      const heard = listener.next(to);
      const asked = performance.now();
      const answer = rollback(to, key);
      if (delayMs > 0) await sleep(delayMs);
      await (death ?? killed());
      await service.startApp('learner');
      const ready = performance.now();
      const first = await answer;
      expect([200, 503]).toContain(first.status);
      figures[`heardMs ${delayMs}`] = (await heard) - asked;
      figures[`heardAfterReadyMs ${delayMs}`] = (await heard) - ready;
      expect((await heard) - ready).toBeLessThan(SOON_MS);
      const again = await rollback(to, key);
      expect([again.status, again.body.to]).toEqual([200, to]);
      if (first.status === 200) expect(again.body).toEqual(first.body);
      expect(await current()).toBe(to);
    },
    30_000,
  );

  it('gives each window one version, in the order of the versions, and skips none', async () => {
    await load.stop();
    await caughtUp();
    expect(listener.errors).toEqual([]);
    const { predictions } = listener;
    figures.windows = predictions.length;
    expect(new Set(predictions.map(({ id }) => id)).size).toBe(predictions.length);
    const lastOf = new Map<string, number>();
    for (const { device, window } of predictions) {
      const start = Number(BigInt(window.startNs) / 1_000_000n);
      const last = lastOf.get(device);
      if (last !== undefined) expect(start - last, `${device} after ${last}`).toBe(HOP_MS);
      lastOf.set(device, start);
    }
    expect(lastOf.size).toBe(32);
    figures.windowsPosted = load.windows;
    // Of each device those of the last 15 s are not final yet.
    expect(predictions.length).toBeGreaterThan(load.windows - 32 * 15);
    expect(predictions.length).toBeLessThanOrEqual(load.windows);
    // One activation for each rollback asked for, though most were asked for twice.
    const activated = listener.models.filter(({ kind }) => kind === 'activated');
    expect(activated.map(({ command }) => command)).toEqual([1, 2, 3, 4, 5]);
    const reigns = listener.models.flatMap(({ kind, manifest, to }) =>
      kind === 'created' ? [manifest?.version] : kind === 'activated' ? [to] : [],
    );
    const answered = predictions
      .map(({ modelVersion }) => modelVersion)
      .filter((version, i, all) => version !== all[i - 1]);
    expect(answered).toEqual(reigns);
  }, 30_000);
});
