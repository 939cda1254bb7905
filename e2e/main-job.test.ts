import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, hark, type WirePrediction } from './harness.js';
import { evaluatedPredictions } from './recorded-predictions.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-files-'));

interface Evaluated {
  rows: number;
  windows: number;
  labelled: number;
  accuracy: number;
  digest: string;
}

/** What must be the same bits: not when it was received. */
const answer = (p: WirePrediction) => ({
  id: p.id,
  activity: p.activity,
  confidence: p.confidence,
  probabilities: p.probabilities,
  modelVersion: p.modelVersion,
  state: p.state,
  label: p.label,
  samples: p.samples,
});

describe('a recording through the running service', () => {
  let service: Service;
  let evaluated: Evaluated;
  let expected: WirePrediction[];
  let live: WirePrediction[];

  beforeAll(async () => {
    const simulated = await hark([
      ...['simulate', '--users', '3', '--devices', '4', '--minutes', '3', '--speed', 'max', '--seed', '7'],
      ...['--faults', 'late,dup,skew', '--out', join(folder, 'rec')],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    const json = join(folder, 'evaluated.json');
    const predictions = join(folder, 'predictions.ndjson');
    const evaluation = await hark([
      'evaluate',
      join(folder, 'rec'),
      '--json',
      json,
      '--predictions',
      predictions,
    ]);
    expect(evaluation.code, evaluation.stderr).toBe(0);
    evaluated = JSON.parse(readFileSync(json, 'utf8')) as Evaluated;
    expected = readFileSync(predictions, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WirePrediction);
    service = await Service.start();
    const imported = await hark([
      ...['import', join(folder, 'rec'), '--wait', '--json'],
      ...['--url', service.url('ingest'), '--learner-url', service.url('learner')],
    ]);
    expect(imported.code, imported.stderr).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({ rows: evaluated.rows, rejected: 0 });
    live = await service.predictions(evaluated.windows);
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is predicted once for each window in append, equal to `hark evaluate` bit for bit', () => {
    expect(expected.length).toBe(evaluated.windows);
    expect(live.map(answer)).toEqual(expected.map(answer));
    expect(new Set(live.map((p) => p.id)).size).toBe(live.length);
    expect(live.every((p) => p.final)).toBe(true);
  });

  it('joins both sensors in its windows, none late for the other sensor’s sake', async () => {
    const whole = live.filter((p) => p.state === 'ok');
    expect(whole.length).toBeGreaterThan(100);
    expect(whole.every((p) => p.samples.accelerometer > 0 && p.samples.gyroscope > 0)).toBe(true);
  });

  it('accounts for every accepted sample: windowed, duplicate, late, quarantined or open', async () => {
    const { devices } = await service.get<{ devices: Record<string, number>[] }>('ingest', '/v1/status');
    const total = (name: string) => devices.reduce((sum, device) => sum + device[name], 0);
    expect(total('accepted')).toBe(evaluated.rows);
    expect(
      total('windowed') + total('duplicates') + total('late') + total('quarantined') + total('open'),
    ).toBe(total('accepted'));
    expect(total('open')).toBe(0);
    expect(total('duplicates')).toBeGreaterThan(0);
  });

  it('adds nothing when it is imported again', async () => {
    const again = await hark([
      ...['import', join(folder, 'rec'), '--wait', '--json'],
      ...['--url', service.url('ingest'), '--learner-url', service.url('learner')],
    ]);
    expect(again.code, again.stderr).toBe(0);
    const { devices } = await service.get<{ devices: { accepted: number }[] }>('ingest', '/v1/status');
    expect(devices.reduce((sum, device) => sum + device.accepted, 0)).toBe(evaluated.rows);
    expect((await service.predictions(evaluated.windows)).length).toBe(evaluated.windows);
  }, 60_000);

  it('imports to the same windows again after `GET /v1/sessions/:id/samples`', async () => {
    const { sessions } = await service.get<{ sessions: { id: string; user: string; device: string }[] }>(
      'gateway',
      '/v1/sessions',
    );
    const [{ id, user, device }] = sessions;
    const response = await fetch(service.url('gateway', `/v1/sessions/${id}/samples?format=csv`));
    const file = join(folder, 'session.csv');
    writeFileSync(file, await response.text());
    const own = await evaluatedPredictions(file, join(folder, 'session.ndjson'));
    const ofSession = new Set(own.map((p) => p.id));
    const original = live.filter((p) => p.user === user && p.device === device && ofSession.has(p.id));
    const content = (p: WirePrediction) => [p.id, p.label, p.samples.accelerometer, p.samples.gyroscope];
    expect(own.map(content)).toEqual(original.map(content));
  }, 60_000);

  it('is replayed with one digest at any speed, and leaves live predictions alone', async () => {
    const { sessions } = await service.get<{ sessions: { id: string }[] }>('gateway', '/v1/sessions');
    const digests = [];
    for (const speed of ['max', 'max', 400]) {
      const started = await service.post('gateway', '/v1/replays', {
        session: sessions[0].id,
        speed,
        model: 'current',
      });
      expect(started.status).toBe(201);
      let replay: Record<string, unknown> = {};
      for (let tries = 0; tries < 400 && replay['status'] !== 'ended'; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        replay = await service.get('gateway', `/v1/replays/${String(started.body['id'])}`);
      }
      expect(replay).toMatchObject({ status: 'ended' });
      expect(replay['predictions']).toBeGreaterThan(0);
      digests.push(replay['digest']);
    }
    expect(new Set(digests).size).toBe(1);
    expect((await service.predictions(evaluated.windows)).map(answer)).toEqual(live.map(answer));
  }, 90_000);

  it('is rolled back by REST at one position, and back again', async () => {
    const before = await service.get<{ version: number }>('gateway', '/v1/models/current');
    const { versions } = await service.get<{ versions: { version: number }[] }>('gateway', '/v1/models');
    expect(versions[0].version).toBe(before.version);
    const back = await service.post('gateway', '/v1/models/1/rollback', {
      learning: 'frozen',
      reason: 'test',
    });
    expect(back).toMatchObject({ status: 200, body: { from: before.version, to: 1 } });
    expect(await service.get('gateway', '/v1/models/current')).toMatchObject({ version: 1 });
    const undone = await service.post('gateway', `/v1/models/${before.version}/rollback`, {
      learning: 'continue',
    });
    expect(undone).toMatchObject({ status: 200, body: { from: 1, to: before.version } });
    const unknown = await service.post('gateway', '/v1/models/999/rollback', {});
    expect(unknown.status).toBe(404);
    const after = await service.get<{ versions: unknown[] }>('gateway', '/v1/models');
    expect(after.versions.length).toBe(versions.length);
  });

  it('leaves each app with exit code 0 within 5 s of SIGTERM, and resumes where it was', async () => {
    for (const app of ['gateway', 'learner', 'ingest'] as const) {
      const started = performance.now();
      expect(await service.terminate(app)).toBe(0);
      expect(performance.now() - started).toBeLessThan(5000);
      expect(existsSync(join(service.data, 'run', `${app}.json`))).toBe(false);
    }
    for (const app of ['ingest', 'learner', 'gateway'] as const) await service.startApp(app);
    expect((await service.predictions(evaluated.windows)).map(answer)).toEqual(live.map(answer));
  }, 60_000);
});
