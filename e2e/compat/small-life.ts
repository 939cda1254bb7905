import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LmdbLog } from '@hark/streaming/adapters';
import { APPS, type Service, type WirePrediction } from '../harness.js';

/** With which the stored folders were made, and are gone on with. No clock closes a window meanwhile. */
export const SETTINGS = {
  HARK_CLASSIFIER: 'softmax',
  HARK_CHALLENGERS: 'gnb',
  HARK_VERSION_EVERY: '5',
  HARK_LATENESS_MS: '1000',
  HARK_IDLE_TIMEOUT_MS: '3600000',
  HARK_SILENT_AFTER_MS: '86400000',
  HARK_BEHIND_AFTER_MS: '86400000',
  HARK_REPORTS: 'none',
};

const START_MS = 1_700_000_000_000;
const RATE_HZ = 25;
/** Less than a sensor may be ahead of the other. */
const SECONDS = 14;
/** Of a {@link samples} call. */
const ROWS = 2 * SECONDS * RATE_HZ;
/** That a stored folder has taken, the message of Sensor Logger too. */
const STORED_ROWS = 4 * ROWS + 2 * RATE_HZ;

/** Samples of one phone, both sensors, from a second of its clock on; few different values, so that they pack well. */
function samples(user: string, activity: string | null, fromSecond: number, swing: number): unknown[] {
  return ['accelerometer', 'gyroscope'].map((sensor) => {
    const rows = Array.from({ length: SECONDS * RATE_HZ }, (_, i) => fromSecond * RATE_HZ + i);
    return {
      ...{ user, device: `phone-of-${user}`, model: 'test', sensor },
      ...(activity === null ? {} : { gt: activity }),
      creationTime: rows.map((row) => `${START_MS + (row * 1000) / RATE_HZ}000000`),
      x: rows.map((row) => Math.round(8 * swing * Math.sin(row / 3)) / 8),
      y: rows.map((row) => 9.75 + Math.round(8 * swing * Math.cos(row / 2)) / 8),
      z: rows.map(() => 0.125),
    };
  });
}

/** A message of Sensor Logger: one second. */
function logged(messageId: number): unknown {
  const payload = Array.from({ length: RATE_HZ }, (_, i) => {
    const time = Number(START_MS + 1000 * messageId + 40 * i) * 1e6;
    return ['accelerometer', 'gravity', 'gyroscope'].map((name) => ({
      ...{ name, time, accuracy: 3 },
      values: { x: 0, y: 0, z: name === 'gravity' ? 9.8 : 0 },
    }));
  });
  return { messageId, sessionId: 's1', deviceId: 'pixel', payload: payload.flat() };
}

/** With which a life leaves a log that begins behind its first record, but for what `seen` looks at. */
export const RETENTION = { HARK_RETENTION: 'samples=1s,windows=1s,reports=1s' };
const TRIMMED = ['samples', 'windows', 'reports'];

/**
 * Does something of everything that is stored, with clean stops in between and a `kill -9` of the learner at the end.
 * @param trimmed whether it is waited until the {@link RETENTION} that the service has has removed something.
 */
export async function live(service: Service, trimmed = false): Promise<void> {
  await Promise.all(APPS.map((app) => service.startApp(app)));
  const made = async (status: number, path: string, body: unknown): Promise<void> => {
    const answer = await service.post('gateway', path, body);
    if (answer.status !== status) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  };
  await made(201, '/v1/alerts/rules', { name: 'walks', activity: 'walk', forSeconds: 5, users: ['a'] });
  await made(201, '/v1/reports', {
    ...{ name: 'rows', from: 'samples', outputMode: 'update', trigger: { processingTime: '100 milliseconds' } },
    ...{ groupBy: { columns: ['User'] }, aggregate: [{ fn: 'count' }], sink: { type: 'memory' } },
  });
  await send(service, [...samples('a', 'walk', 0, 2), ...samples('b', 'sit', 0, 0.25)], 1);
  await post(service, '/v1/sensor-logger?user=ada', logged(0));
  await settled(service);
  const at = (second: number) => new Date(START_MS + 1000 * second).toISOString();
  await made(201, '/v1/labels', {
    ...{ user: 'ada', from: at(0), to: at(20), activity: 'stand', source: 'user' },
  });
  await made(200, '/v1/models/3/rollback', { learning: 'continue', reason: 'to be remembered' });
  await settled(service);
  for (const app of APPS) await service.terminate(app);
  await Promise.all(APPS.map((app) => service.startApp(app)));
  await send(service, [...samples('a', null, SECONDS, 0.25), ...samples('b', 'walk', SECONDS, 2)], 2);
  await settled(service, STORED_ROWS);
  while (trimmed && !(await isTrimmed(service))) await sleep(100);
  await service.kill('learner');
  for (const app of ['ingest', 'gateway'] as const) await service.terminate(app);
}

async function isTrimmed(service: Service): Promise<boolean> {
  const { retention } = await service.get<{ retention: Record<string, { earliest: number }> }>(
    'ingest',
    '/v1/status',
  );
  return TRIMMED.every((topic) => retention[topic].earliest > 0);
}

/** The batches of a producer are numbered from 1. */
async function send(service: Service, batches: unknown[], number: number): Promise<void> {
  await post(service, '/v1/samples', batches, {
    'hark-producer': 'compat',
    'hark-sequence': String(number),
  });
}

async function post(
  service: Service,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(service.url('ingest', path), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Resolves when everything that was sent has come through, and the report has seen so many rows. */
async function settled(service: Service, rows = 0): Promise<void> {
  for (let quiet = 0; quiet < 3; await sleep(100)) {
    let lag = 0;
    for (const app of APPS) lag += lagOf(await service.get(app, '/v1/status'));
    const { reports } = await service.get<{ reports: { inputRows: number }[] }>('gateway', '/v1/reports');
    lag += Math.max(0, rows - reports[0].inputRows);
    quiet = lag === 0 ? quiet + 1 : 0;
  }
}

/** The sum of all `lagRecords` in a status, which are numbers or such by runner. */
function lagOf(status: unknown): number {
  if (typeof status !== 'object' || status === null) return 0;
  return Object.entries(status).reduce((sum, [name, value]) => {
    if (name !== 'lagRecords') return sum + lagOf(value);
    const lags = typeof value === 'number' ? [value] : Object.values(value as Record<string, number>);
    return lags.reduce((all, lag) => all + lag, sum);
  }, 0);
}

/** What a service shows of a {@link live life}; equal for whoever reads it right. */
export async function seen(service: Service, rows = STORED_ROWS): Promise<Record<string, unknown>> {
  await settled(service, rows);
  const from = <T>(path: string) => service.get<T>('gateway', path);
  const { versions } = await from<{ versions: Record<string, unknown>[] }>('/v1/models');
  const { sessions } = await from<{ sessions: unknown[] }>('/v1/sessions');
  const { rules } = await from<{ rules: Record<string, unknown>[] }>('/v1/alerts/rules');
  const { alerts } = await from<{ alerts: Record<string, unknown>[] }>('/v1/alerts');
  return {
    predictions: await predictions(service.data),
    versions: versions.map(({ version, alias, cause, windowsLearned, metrics, digest }) => {
      return { version, alias, cause, windowsLearned, metrics, digest };
    }),
    sessions,
    rules: rules.map(({ name, id }) => ({ name, id })),
    alerts: alerts.map(({ type, id }) => ({ type, id })),
    report: await service.get('gateway', '/v1/reports/rows'),
    producer: await service.get('ingest', '/v1/producers/compat'),
  };
}

/** Number of the stored predictions, and SHA-256 of what they answer. */
async function predictions(dataFolder: string): Promise<{ count: number; digest: string }> {
  const log = new LmdbLog({ dir: join(dataFolder, 'log') });
  const hash = createHash('sha256');
  let count = 0;
  try {
    for (;;) {
      const records = await log.read('predictions', 0, count, 1 << 20);
      if (records.length === 0) return { count, digest: hash.digest('hex') };
      for (const { value } of records) {
        const { id, modelVersion, activity, probabilities, label, revision, samples } = JSON.parse(
          Buffer.from(value).toString(),
        ) as WirePrediction;
        hash.update(
          `${JSON.stringify([id, modelVersion, activity, probabilities, label, revision, samples])}\n`,
        );
      }
      count += records.length;
    }
  } finally {
    await log.close();
  }
}

/** Goes on from everything that was stored: windows half full, numbers of batches, models, a recording of a phone. */
export async function goOn(service: Service): Promise<unknown> {
  const again = await post(service, '/v1/sensor-logger?user=ada', logged(0));
  await send(service, samples('a', 'walk', 0, 2), 2);
  await send(service, [...samples('a', 'walk', 2 * SECONDS, 2), ...samples('b', null, 2 * SECONDS, 2)], 3);
  await settled(service);
  const { status } = await service.post('gateway', '/v1/models/2/rollback', { learning: 'continue' });
  if (status !== 200) throw new Error(`a rollback: ${status}`);
  await settled(service);
  await send(service, samples('a', null, 3 * SECONDS, 0.25), 4);
  return { again, after: await seen(service, STORED_ROWS + 3 * ROWS) };
}
