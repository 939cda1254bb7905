import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, finished, hark, startHark } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-replay-restart-'));
const recording = join(folder, 'rec');

interface View {
  readonly status: string;
  readonly reason: string | null;
  readonly effectiveSpeed: number | null;
  readonly predictions: number;
  readonly digest: string;
}

const importInto = (service: Service, path: string) =>
  hark([
    ...['import', path, '--wait'],
    ...['--url', service.url('ingest'), '--learner-url', service.url('learner')],
  ]);

describe('a session of the running service', () => {
  let service: Service;
  let session: string;
  let part: { start: string; end: string };

  async function replay(request: Record<string, unknown>): Promise<string> {
    const body = { session, model: 2, learn: true, ...request };
    const made = await service.post('gateway', '/v1/replays', body);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return String(made.body['id']);
  }

  async function ended(id: string): Promise<View> {
    for (let tries = 0; tries < 1500; tries++) {
      const view = await service.get<View>('gateway', `/v1/replays/${id}`);
      if (view.status === 'ended' || view.status === 'failed') return view;
      await sleep(20);
    }
    throw new Error('the replay has not ended');
  }

  /** The newest first. */
  const replays = async () => (await service.get<{ replays: View[] }>('gateway', '/v1/replays')).replays;

  beforeAll(async () => {
    const simulated = await hark([
      ...['simulate', '--users', '1', '--devices', '1', '--minutes', '2', '--bout', '10', '--seed', '6'],
      ...['--faults', 'late,dup', '--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    service = await Service.start({ HARK_VERSION_EVERY: '20' });
    const imported = await importInto(service, recording);
    expect(imported.code, imported.stderr).toBe(0);
    const { sessions } = await service.get<{ sessions: { id: string; start: string }[] }>(
      'gateway',
      '/v1/sessions',
    );
    expect(sessions).toHaveLength(1);
    session = sessions[0].id;
    const at = (ms: number) => new Date(Date.parse(sessions[0].start) + ms).toISOString();
    part = { start: at(20_000), end: at(36_000) };
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('replayed at once at 1×, 4× and max, through five kills of the gateway, gives one digest', async () => {
    const undisturbed = await ended(await replay({ ...part, speed: 'max' }));
    expect(undisturbed.predictions).toBeGreaterThan(8);
    const ids = [await replay({ ...part, speed: 1 }), await replay({ ...part, speed: 4 })];
    for (let kills = 0; kills < 5; kills++) {
      ids.push(await replay({ ...part, speed: 'max' }));
      await sleep(kills * 150);
      await service.kill('gateway');
      await service.startApp('gateway');
    }
    for (const id of ids) {
      const { status, reason, predictions, digest } = await ended(id);
      expect({ status, reason, predictions, digest }).toEqual({
        ...{ status: 'ended', reason: 'played_out' },
        ...{ predictions: undisturbed.predictions, digest: undisturbed.digest },
      });
    }
  }, 90_000);

  it('followed by `hark replay` is followed through a kill of the gateway, to the same digest', async () => {
    const undisturbed = await ended(await replay({ learn: false, speed: 'max' }));
    const before = (await replays()).length;
    const child = startHark([
      ...['replay', session, '--speed', '30', '--model', '2', '--json', '--url', service.url('gateway')],
    ]);
    const end = finished(child);
    // Until it is under way and has said something.
    const plays = async () => {
      const all = await replays();
      return all.length > before && all[0].predictions > 0;
    };
    while (!(await plays())) await sleep(20);
    await service.kill('gateway');
    await sleep(300);
    await service.startApp('gateway');
    const { code, stdout, stderr } = await end;
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as View).digest).toBe(undisturbed.digest);
  }, 60_000);

  it('says what speed it was played at where the speed asked for can not be met', async () => {
    const { effectiveSpeed } = await ended(await replay({ speed: 1_000_000 }));
    expect(effectiveSpeed).toBeGreaterThan(1);
    expect(effectiveSpeed).toBeLessThan(1_000_000);
  }, 30_000);

  it.each(['csv', 'ndjson'])(
    'exported as %s and imported elsewhere has the same digest',
    async (format) => {
      const expected = await ended(await replay({ speed: 'max' }));
      const response = await fetch(
        service.url('gateway', `/v1/sessions/${session}/samples?format=${format}`),
      );
      const file = join(folder, `session.${format}`);
      writeFileSync(file, await response.text());
      const replayed = await hark([
        ...['replay', file, '--model', '2', '--learn', '--json', '--url', service.url('gateway')],
      ]);
      expect(replayed.code, replayed.stderr).toBe(0);
      expect((JSON.parse(replayed.stdout) as View).digest).toBe(expected.digest);
      const other = await Service.start();
      try {
        const imported = await importInto(other, file);
        expect(imported.code, imported.stderr).toBe(0);
        const windows = async (of: Service) => {
          const status = await of.get<{ model: { windows: { final: number } } }>('learner', '/v1/status');
          const predictions = await of.predictions(status.model.windows.final);
          return predictions.map(({ id, label, samples }) => ({ id, label, samples }));
        };
        expect(await windows(other)).toEqual(await windows(service));
      } finally {
        await other.stop();
      }
    },
    90_000,
  );
});
