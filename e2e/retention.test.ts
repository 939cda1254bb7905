import { TOPICS, type Prediction } from '@hark/contracts';
import { LmdbLog } from '@hark/streaming/adapters';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { APPS, Service, finished, hark, startHark, type WirePrediction } from './harness.js';
import { answer, evaluatedPredictions } from './recorded-predictions.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-retention-'));
const recording = join(folder, 'rec');
const MINUTES = '16';
const REPORTS = { HARK_REPORTS: 'stairs' };
const RETENTION = {
  HARK_RETENTION: 'samples=1s,windows=1s,reports=1s',
  HARK_RETENTION_BYTES: 'predictions=1MB',
};

interface KeptTopic {
  readonly earliest: number;
  readonly end: number;
  readonly bytes: number;
  readonly heldBackBy: readonly string[];
}

describe('a service that keeps little', () => {
  let expected: WirePrediction[];
  let service: Service;
  let bytesBefore: number;

  const logBytes = (of: Service): number =>
    APPS.reduce((sum, app) => sum + statSync(join(of.data, 'log', app, 'data.mdb')).size, 0);
  const importTo = (of: Service, what = recording) =>
    startHark([
      ...['import', what, '--wait'],
      ...['--url', of.url('ingest'), '--learner-url', of.url('learner')],
    ]);
  const kept = async (app: 'ingest' | 'learner') =>
    (await service.get<{ retention: Record<string, KeptTopic> }>(app, '/v1/status')).retention;

  const simulate = async (seed: string, out: string) => {
    const simulated = await hark([
      ...['simulate', '--users', '4', '--devices', '6', '--minutes', MINUTES, '--speed', 'max'],
      ...['--seed', seed, '--out', out],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
  };

  beforeAll(async () => {
    await simulate('3', recording);
    expected = await evaluatedPredictions(recording, join(folder, 'predictions.ndjson'));
    service = await Service.start({ ...REPORTS, ...RETENTION });
  }, 180_000);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('trims its log while it takes a recording and its apps are killed', async () => {
    const child = importTo(service);
    const importing = finished(child);
    for (let kills = 0; kills < 4 && child.exitCode === null; kills++) {
      await sleep(900 + ((kills * 337) % 700));
      const app = APPS[kills % 3];
      await service.kill(app);
      await service.startApp(app);
    }
    const imported = await importing;
    expect(imported.code, imported.stderr).toBe(0);
    expect((await kept('ingest'))[TOPICS.samples].earliest).toBeGreaterThan(0);
    expect((await kept('ingest'))[TOPICS.windows].earliest).toBeGreaterThan(0);
    bytesBefore = logBytes(service);
  }, 120_000);

  it('lets everything go that is old once nothing comes any more: the sessions are gone', async () => {
    for (let waited = 0; waited < 20_000; waited += 200) {
      const topics = await kept('ingest');
      if ([TOPICS.samples, TOPICS.windows].every((topic) => topics[topic].earliest === topics[topic].end))
        break;
      await sleep(200);
    }
    const topics = await kept('ingest');
    expect(topics[TOPICS.samples]).toMatchObject({ earliest: topics[TOPICS.samples].end, heldBackBy: [] });
    expect(topics[TOPICS.windows]).toMatchObject({ earliest: topics[TOPICS.windows].end, heldBackBy: [] });
    expect(await service.get('gateway', '/v1/sessions')).toEqual({ sessions: [] });
    expect((await service.get('ingest', '/v1/status'))['reports']).toEqual({ stairs: 'running' });
  }, 30_000);

  it('keeps the table of a report of whose words nothing is kept, over a restart', async () => {
    for (let waited = 0; waited < 20_000; waited += 200) {
      const { earliest, end } = (await kept('ingest'))[TOPICS.reports];
      if (earliest === end) break;
      await sleep(200);
    }
    const { earliest, end } = (await kept('ingest'))[TOPICS.reports];
    expect(earliest).toBe(end);
    expect(end).toBeGreaterThan(0);
    const before = await service.get<{ rows: unknown[] }>('gateway', '/v1/reports/stairs');
    expect(before.rows.length).toBeGreaterThan(0);
    await service.kill('gateway');
    await service.startApp('gateway');
    expect(await service.get('gateway', '/v1/reports/stairs')).toEqual(before);
  }, 60_000);

  it('tells a subscriber that asks for what is gone', async () => {
    const socket = new WebSocket(service.url('gateway', '/v1/live').replace('http', 'ws'));
    const heard: { type: string; payload: { code?: string; message?: string; epoch?: string } }[] = [];
    const next = async () => {
      while (heard.length === 0) await sleep(5);
      return heard.shift()!;
    };
    try {
      socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()) as (typeof heard)[0]));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(JSON.stringify({ type: 'connection_init' }));
      const { epoch } = (await next()).payload;
      const payload = { channel: 'predictions', since: { epoch, offset: 3 } };
      socket.send(JSON.stringify({ type: 'subscribe', id: 's', payload }));
      const { earliest } = (await kept('learner'))[TOPICS.predictions];
      expect(await next()).toMatchObject({
        ...{ type: 'error', id: 's' },
        payload: {
          code: 'cursor_expired',
          message: expect.stringContaining(
            `offset 3 is older than what is kept, which begins at ${earliest}`,
          ) as string,
        },
      });
    } finally {
      socket.close();
    }
  }, 30_000);

  it('has said what a service that keeps all would have said, bit for bit', async () => {
    for (const app of APPS) expect(await service.terminate(app)).toBe(0);
    const log = new LmdbLog({ dir: join(service.data, 'log') });
    try {
      const predictions: Prediction[] = [];
      for (let next = await log.earliest(TOPICS.predictions, 0); ;) {
        const records = await log.read(TOPICS.predictions, 0, next, 1 << 20);
        if (records.length === 0) break;
        for (const { value } of records)
          predictions.push(JSON.parse(Buffer.from(value).toString()) as Prediction);
        next += records.length;
      }
      const final = predictions.filter((prediction) => prediction.final).map(answer);
      expect(final.length).toBeGreaterThan(100);
      expect(final.length).toBeLessThan(expected.length);
      expect(final).toEqual(expected.slice(-final.length).map(answer));
    } finally {
      await log.close();
    }
    const verified = await hark(['verify', '--data', service.data]);
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.stdout).toContain('the log was trimmed');
  }, 60_000);

  it('takes as much again in the room of what went', async () => {
    const another = join(folder, 'another');
    await simulate('4', another);
    await Promise.all(APPS.map((app) => service.startApp(app)));
    const before = (await kept('ingest'))[TOPICS.samples].end;
    const imported = await finished(importTo(service, another));
    expect(imported.code, imported.stderr).toBe(0);
    const after = (await kept('ingest'))[TOPICS.samples].end;
    expect(after).toBeGreaterThan(1.9 * before);
    expect(logBytes(service)).toBeLessThan(1.4 * bytesBefore);
  }, 60_000);
});
