import { HarkClient, type ConnectionState } from '@hark/client';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Service, finished, hark as run, startHark } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-client-'));
const recording = join(folder, 'rec');
let windows: number;
let service: Service;
let states: ConnectionState['state'][];
let client: HarkClient;

beforeAll(async () => {
  const simulated = await run([
    ...['simulate', '--users', '3', '--devices', '4', '--minutes', '3', '--speed', 'max', '--seed', '5'],
    ...['--out', recording],
  ]);
  expect(simulated.code, simulated.stderr).toBe(0);
  const evaluation = await run(['evaluate', recording, '--json', join(folder, 'evaluation.json')]);
  expect(evaluation.code, evaluation.stderr).toBe(0);
  ({ windows } = JSON.parse(readFileSync(join(folder, 'evaluation.json'), 'utf8')) as { windows: number });
}, 60_000);

beforeEach(async () => {
  service = await Service.start();
  states = [];
  client = new HarkClient({
    url: service.url('gateway'),
    onState: ({ state }) => states.push(state),
  });
}, 60_000);

afterEach(async () => {
  client.close();
  await service.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const importing = (): ReturnType<typeof finished> =>
  finished(
    startHark([
      ...['import', recording, '--wait', '--url', service.url('ingest')],
      ...['--learner-url', service.url('learner')],
    ]),
  );

describe('the client', () => {
  it('gives exactly what is stored while the gateway is killed three times in the middle', async () => {
    const got: string[] = [];
    const own: string[] = [];
    const reading = [
      (async () => {
        for await (const { id } of client.predictions({ since: 'earliest' })) got.push(id);
      })(),
      (async () => {
        // So small a buffer that the service is told again and again to stop and to go on.
        for await (const { id } of client.predictions({ since: 'earliest', users: ['a'], bufferSize: 3 })) {
          own.push(id);
          if (own.length % 10 === 0) await sleep(5);
        }
      })(),
    ];
    const imported = importing();
    for (let kills = 0; kills < 3; kills++) {
      const before = got.length;
      for (let waited = 0; waited < 60_000 && got.length < before + 20; waited += 10) await sleep(10);
      expect(got.length).toBeGreaterThanOrEqual(before + 20);
      await service.kill('gateway');
      await service.startApp('gateway');
    }
    const result = await imported;
    expect(result.code, result.stderr).toBe(0);
    const stored = await service.predictions(windows);
    const ofA = stored.filter(({ user }) => user === 'a');
    expect(ofA.length).toBeGreaterThan(20);
    for (let waited = 0; waited < 20_000; waited += 20) {
      if (got.length >= stored.length && own.length >= ofA.length) break;
      await sleep(20);
    }
    await sleep(200);
    client.close();
    await Promise.all(reading);
    expect(got).toEqual(stored.map(({ id }) => id));
    expect(own).toEqual(ofA.map(({ id }) => id));
    expect(states.filter((state) => state === 'live').length).toBeGreaterThanOrEqual(4);
  }, 120_000);

  it('does what an operator does: versions, rollback, sessions, a replay, its predictions, a label', async () => {
    const events = client.modelEvents();
    await events.begin();
    const result = await importing();
    expect(result.code, result.stderr).toBe(0);
    const status = await client.status();
    expect(status).toMatchObject({ app: 'gateway', ready: true });

    const made = await client.models.snapshot({ idempotencyKey: 'made-once' });
    expect((await client.models.snapshot({ idempotencyKey: 'made-once' })).version).toBe(made.version);
    const first = await client.models.get(1);
    const dry = await client.models.rollback(1, { dryRun: true });
    expect(dry).toMatchObject({ from: made.version, to: 1, effectiveAt: null });
    const back = await client.models.rollback(1, { reason: 'to see', idempotencyKey: 'back-once' });
    expect(back).toMatchObject({ from: made.version, to: 1, effectiveAt: { topic: 'windows' } });
    expect((await client.models.list()).current).toBe(1);
    expect((await client.models.at(first.time ?? new Date())).version).toBeGreaterThanOrEqual(1);
    expect((await client.models.setLearning(false)).enabled).toBe(false);
    for await (const event of events) if (event.kind === 'activated' && event.to === 1) break;
    await expect(client.models.get(999)).rejects.toMatchObject({ status: 404, code: 'unknown_version' });
    await expect(client.models.promote(1)).rejects.toMatchObject({ status: 409 });

    const { sessions } = await client.sessions.list({ user: 'a', limit: 1 });
    const [{ id, samples, start, end }] = sessions;
    expect(await client.sessions.get(id)).toEqual(sessions[0]);
    let rows = -1;
    for await (const text of client.sessions.samples(id)) rows += text.split('\n').length - 1;
    expect(rows).toBe(samples.accelerometer + samples.gyroscope);

    const { id: replay } = await client.replays.start({ session: id, speed: 'max', model: 1, paused: true });
    const heard: string[] = [];
    const listening = (async () => {
      for await (const { id: window } of client.replay(replay)) heard.push(window);
    })();
    await client.replays.control(replay, { command: 'play' });
    await listening;
    const played = await client.replays.get(replay);
    expect(played).toMatchObject({ status: 'ended', predictions: heard.length });
    const compared = await client.replays.compare(id, [1, `v${made.version}`]);
    expect(compared.results[0].digest).toBe(played.digest);
    await client.replays.delete(replay);
    await expect(client.replays.get(replay)).rejects.toMatchObject({ code: 'unknown_replay' });

    const label = await client.labels.add({ user: 'a', from: start, to: end, activity: 'walk' });
    expect(label.windows).toBeGreaterThan(0);
    expect(await client.labels.undo(label.id)).toMatchObject({ id: label.id });
  }, 120_000);
});
