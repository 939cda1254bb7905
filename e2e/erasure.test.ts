import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Service, hark } from './harness.js';

const THEY = 'erase-me-please';
const STAYS = 'somebody-else';
/** Whose bytes stand nowhere by chance. */
const MARKER = 7.123456789012345;
const SECONDS = 60;
const RATE_HZ = 25;

function batches(user: string, axis: number): unknown[] {
  return ['accelerometer', 'gyroscope'].map((sensor) => {
    const rows = Array.from({ length: SECONDS * RATE_HZ }, (_, i) => i);
    return {
      ...{ user, device: `${user}-phone`, model: 'test', sensor, gt: 'walk' },
      creationTime: rows.map((row) => `${1_700_000_000_000 + (row * 1000) / RATE_HZ}000000`),
      x: rows.map((row) => Math.sin(row)),
      y: rows.map(() => axis),
      z: rows.map((row) => Math.cos(row)),
    };
  });
}

/** A message of Sensor Logger, with an annotation that names who records. */
function recording(user: string): unknown {
  const payload = Array.from({ length: 10 }, (_, i) => 1_600_000_000_000_000_000 + i * 20_000_000).flatMap(
    (time) =>
      ['accelerometer', 'gravity', 'gyroscope'].map((name) => ({
        ...{ name, time, accuracy: 3 },
        values: { x: 0, y: 0, z: name === 'gravity' ? 9.8 : 0 },
      })),
  );
  const note = { name: 'annotation', time: 1_600_000_000_000_000_000, values: { text: `${user} walks` } };
  return { messageId: 0, sessionId: `${user}-s1`, deviceId: `${user}-pixel`, payload: [...payload, note] };
}

/** How often some bytes stand in the files of a folder. */
function occurrences(folder: string, needle: Buffer): number {
  let found = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) found++;
  }
  return found;
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

describe('DELETE /v1/users/:user', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ HARK_VERSION_EVERY: '10' });
    for (const [user, axis] of [
      [THEY, MARKER],
      [STAYS, 9.8],
    ] as const) {
      const { status } = await service.post('ingest', '/v1/samples', batches(user, axis));
      expect(status).toBe(200);
    }
    // A phone that is recording: which of its messages have come is kept beside the samples.
    for (const user of [THEY, STAYS]) {
      const { status, body } = await service.post(
        'ingest',
        `/v1/sensor-logger?user=${user}`,
        recording(user),
      );
      expect([status, body['verdict']]).toEqual([200, 'accepted']);
    }
    const label = await service.post('gateway', '/v1/labels', {
      ...{ user: THEY, from: '2023-11-14T22:13:20Z', to: '2023-11-14T22:13:40Z' },
      ...{ activity: 'sit', source: THEY },
    });
    expect(label.status, JSON.stringify(label.body)).toBe(201);
    await service.predictions(60);
  }, 60_000);
  afterAll(() => service.stop());

  it('is 404 for somebody that nothing is known of, and nothing pauses', async () => {
    const answer = await fetch(service.url('gateway', '/v1/users/never-seen'), { method: 'DELETE' });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'unknown_user' });
    expect(readdirSync(service.data)).not.toContain('erasure.json');
  });

  it('leaves nothing of the user in the folder, ends subscriptions, and goes on', async () => {
    expect(occurrences(service.data, Buffer.from(THEY))).toBeGreaterThan(0);
    expect(occurrences(service.data, float64(MARKER))).toBeGreaterThan(0);
    const socket = new WebSocket(service.url('gateway', '/v1/live').replace('http', 'ws'));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));

    const erased = await hark(['users', 'erase', THEY, '--yes', '--json', '--url', service.url('gateway')]);
    expect(erased.code, erased.stderr).toBe(0);
    await closed;
    const view = JSON.parse(erased.stdout) as {
      status: string;
      seconds: number;
      proof: { occurrences: number };
      erased: { windows: number; sampleRecords: number };
    };
    expect(view).toMatchObject({ status: 'done', proof: { occurrences: 0 } });
    expect(view.erased.windows).toBeGreaterThan(50);
    expect(view.seconds).toBeLessThan(60);
    expect(occurrences(service.data, Buffer.from(THEY))).toBe(0);
    expect(occurrences(service.data, float64(MARKER))).toBe(0);

    for (const app of ['ingest', 'learner', 'gateway'] as const) {
      await expect.poll(() => ready(service, app), { timeout: 15_000 }).toBe(true);
    }
    const users = (await service.predictions(35)).map(({ user }) => user);
    expect(new Set(users)).toEqual(new Set([STAYS]));
    const { sessions } = await service.get<{ sessions: { user: string }[] }>('gateway', '/v1/sessions');
    expect(new Set(sessions.map(({ user }) => user))).toEqual(new Set([STAYS]));
    for (const path of ['/v1/connections', '/v1/status'])
      expect(JSON.stringify(await service.get('ingest', path))).not.toContain(THEY);
    // It is not known that this message has come before.
    const again = await service.post('ingest', `/v1/sensor-logger?user=${THEY}`, recording(THEY));
    expect(again.body).toMatchObject({ verdict: 'accepted' });
    // Of the others' recordings under way it is.
    const known = await service.post('ingest', `/v1/sensor-logger?user=${STAYS}`, recording(STAYS));
    expect(known.body).toMatchObject({ verdict: 'duplicate' });
  }, 90_000);

  it('leaves a log that comes out bit for bit, and takes samples of that user again as of a new one', async () => {
    const { code, stderr } = await hark(['verify', '--data', service.data]);
    expect(code, stderr).toBe(0);
    const { status } = await service.post('ingest', '/v1/samples', batches(THEY, 1));
    expect(status).toBe(200);
    await service.predictions(30, { users: [THEY] });
  }, 60_000);
});

async function ready(service: Service, app: 'ingest' | 'learner' | 'gateway'): Promise<boolean> {
  try {
    return (await fetch(service.url(app, '/health/ready'))).ok;
  } catch {
    return false;
  }
}
