import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, finished, hark, startHark } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-replay-file-'));
const recording = join(folder, 'rec');

interface Result {
  model: number;
  status: string;
  predictions: number;
  labelled: number;
  unanswered: number;
  accuracy: number | null;
  digest: string;
  effectiveSpeed: number | null;
}

describe('a file replayed by a version of the running service', () => {
  let service: Service;
  let session: string;
  let files: string[];
  let versions: number[];
  let windows: number;

  const versionsNow = async () => {
    const list = await service.get<{ versions: { version: number }[] }>('gateway', '/v1/models');
    return list.versions.map(({ version }) => version);
  };

  /** The session played by the gateway, to its end. */
  async function replaySession(body: Record<string, unknown>): Promise<Result> {
    const made = await service.post('gateway', '/v1/replays', { session, speed: 'max', ...body });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    for (let tries = 0; tries < 500; tries++) {
      const view = await service.get<Result>('gateway', `/v1/replays/${String(made.body['id'])}`);
      if (view.status === 'ended') return view;
      await sleep(20);
    }
    throw new Error('the replay has not ended');
  }

  async function replay(...args: string[]) {
    return hark(['replay', ...args, '--url', service.url('gateway')]);
  }

  async function replayFile(...args: string[]): Promise<Result> {
    const { code, stdout, stderr } = await replay(...files, '--json', ...args);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Result;
  }

  beforeAll(async () => {
    // One device: a session is of one.
    const simulated = await hark([
      ...['simulate', '--users', '1', '--devices', '1', '--minutes', '2', '--bout', '10', '--seed', '5'],
      ...['--faults', 'late,dup', '--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    files = readdirSync(recording).map((name) => join(recording, name));
    service = await Service.start({ HARK_VERSION_EVERY: '20' });
    const imported = await hark([
      ...['import', ...files, '--wait', '--json'],
      ...['--url', service.url('ingest'), '--learner-url', service.url('learner')],
    ]);
    expect(imported.code, imported.stderr).toBe(0);
    const { sessions } = await service.get<{ sessions: { id: string }[] }>('gateway', '/v1/sessions');
    expect(sessions).toHaveLength(1);
    session = sessions[0].id;
    versions = await versionsNow();
    expect(versions.length).toBeGreaterThan(2);
    windows = await served();
  }, 120_000);

  /** Final predictions that the service has made itself. */
  async function served(): Promise<number> {
    const status = await service.get<{ model: { windows: { final: number } } }>('learner', '/v1/status');
    return status.model.windows.final;
  }

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['v2', 'current'])(
    'has the digest of its imported session, by %s',
    async (name) => {
      const model = name === 'current' ? 'current' : 2;
      const expected = await replaySession({ model });
      const result = await replayFile('--model', name, '--speed', 'max');
      expect(expected.predictions).toBeGreaterThan(60);
      const { predictions, labelled, unanswered, accuracy, digest } = expected;
      expect(result).toMatchObject({
        ...{ status: 'ended', model: model === 2 ? 2 : versions[0] },
        ...{ predictions, labelled, unanswered, accuracy, digest },
      });
    },
    60_000,
  );

  it('has it when learning, and in part, too', async () => {
    const learned = await replaySession({ model: 2, learn: true });
    expect((await replayFile('--model', '2', '--learn')).digest).toBe(learned.digest);
    const { start } = await service.get<{ start: string }>('gateway', `/v1/sessions/${session}`);
    const [from, to] = [30_000, 60_000].map((ms) => new Date(Date.parse(start) + ms).toISOString());
    const part = await replaySession({ model: 2, start: from, end: to });
    expect(part.predictions).toBeLessThan(30);
    const result = await replayFile('--model', '2', '--start', from, '--end', to, '--speed', '100');
    expect([result.predictions, result.digest]).toEqual([part.predictions, part.digest]);
    expect(result.effectiveSpeed).toBeLessThanOrEqual(100);
  }, 60_000);

  it('says the same lines as its session, scored over the answered alone', async () => {
    const lines = async (...args: string[]) =>
      (await replay(...args, '--model', '2')).stdout.split('\n').filter((line) => !line.startsWith('speed'));
    const ofFile = await lines(recording);
    expect(await lines(session)).toEqual(ofFile);
    const { labelled, unanswered } = await replaySession({ model: 2 });
    expect(ofFile.join('\n')).toContain(` of ${labelled - unanswered} labelled`);
  }, 60_000);

  it('goes on in a loop until Ctrl-C', async () => {
    const child = startHark(['replay', ...files, '--loop', '--url', service.url('gateway')]);
    const end = finished(child);
    await sleep(3000);
    expect(child.exitCode).toBe(null);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('interrupted: the replay is stopped');
  }, 30_000);

  it('ends with 1 where nothing of the recording is in the range, also in a loop', async () => {
    const { code, stdout, stderr } = await replay(...files, '--loop', '--start', '1', '--end', '2');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('nothing of the recording is in this range');
  });

  it('ends with 1 and the reason where there is no such version', async () => {
    const { code, stderr, stdout } = await replay(...files, '--model', 'v999');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('There is no version "999"');
  });

  it('leaves the live service as it was', async () => {
    expect(await versionsNow()).toEqual(versions);
    expect(await served()).toBe(windows);
    expect(await service.predictions(windows)).toHaveLength(windows);
    const { sessions } = await service.get<{ sessions: { id: string }[] }>('gateway', '/v1/sessions');
    expect(sessions.map(({ id }) => id)).toEqual([session]);
  }, 60_000);
});
