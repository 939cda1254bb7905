import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, finished, hark, type WirePrediction } from './harness.js';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const NO_PYTHON = works('python3', '-c', 'import websockets') ? null : 'python3 with websockets is not there';
const NO_CURL = works('sh', '-c', 'curl --version') ? null : 'sh or curl is not there';

let service: Service;
let stored: WirePrediction[];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-examples-'));
  const recording = join(folder, 'rec');
  try {
    const simulated = await hark([
      ...['simulate', '--users', '2', '--devices', '2', '--minutes', '2', '--speed', 'max', '--seed', '7'],
      ...['--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    service = await Service.start();
    const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
    const imported = await hark(['import', recording, '--wait', ...urls]);
    expect(imported.code, imported.stderr).toBe(0);
    const json = join(folder, 'evaluation.json');
    const evaluation = await hark(['evaluate', recording, '--json', json]);
    expect(evaluation.code, evaluation.stderr).toBe(0);
    const { windows } = JSON.parse(readFileSync(json, 'utf8')) as { windows: number };
    stored = await service.predictions(windows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

afterAll(() => service?.stop());

const line = ({ window, user, device, activity, confidence }: WirePrediction) =>
  `${window.end} ${user}/${device} ${activity} ${confidence.toFixed(2)}`;

const hasSubscription = async () =>
  /^hark_gateway_subscriptions.* [1-9]/m.test(await (await fetch(service.url('gateway', '/metrics'))).text());

/** The lines that a subscriber prints, with the gateway killed after some of them, until it has printed so many. */
async function printed(child: ChildProcess, count: number): Promise<string[]> {
  let text = '';
  child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
  const over = finished(child);
  const lines = () => text.split('\n').slice(0, -1);
  while (lines().length < count) await sleep(20);
  await service.kill('gateway');
  await service.startApp('gateway');
  while (!(await hasSubscription())) await sleep(20);
  // Anything that is repeated has a moment to show.
  await sleep(500);
  child.kill('SIGINT');
  const { code, stderr } = await over;
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('trying again');
  return lines();
}

describe('the examples', () => {
  it('subscribe.ts prints every prediction once, over a kill of the gateway', async () => {
    const child = spawn(process.execPath, [join(EXAMPLES, 'dist/subscribe.js'), service.url('gateway')], {
      env: { ...process.env, SINCE: 'earliest' },
    });
    expect(await printed(child, stored.length)).toEqual(stored.map(line));
  }, 60_000);

  it.skipIf(NO_PYTHON)(
    `subscribe.py prints every prediction of a user once, over a kill of the gateway${NO_PYTHON ? ` (${NO_PYTHON})` : ''}`,
    async () => {
      const ofA = stored.filter(({ user }) => user === 'a');
      const child = spawn('python3', [join(EXAMPLES, 'subscribe.py'), service.url('gateway'), 'a'], {
        env: { ...process.env, SINCE: 'earliest' },
      });
      expect(await printed(child, ofA.length)).toEqual(ofA.map(line));
    },
    60_000,
  );

  it.skipIf(NO_CURL)(
    `rollback.sh says what would change and rolls back${NO_CURL ? ` (${NO_CURL})` : ''}`,
    async () => {
      const { body: made } = await service.post('gateway', '/v1/models', undefined);
      const result = await finished(
        spawn('sh', [join(EXAMPLES, 'rollback.sh'), '1', service.url('gateway')], { env: process.env }),
      );
      expect(result.code, result.stderr).toBe(0);
      const [dry, done] = result.stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text) as Record<string, unknown>);
      expect(dry).toMatchObject({ from: made['version'], to: 1, effectiveAt: null });
      expect(done).toMatchObject({ from: made['version'], to: 1, effectiveAt: { topic: 'windows' } });
      expect(await service.get('gateway', '/v1/models')).toMatchObject({ current: 1 });
      const unknown = await finished(
        spawn('sh', [join(EXAMPLES, 'rollback.sh'), '99', service.url('gateway')]),
      );
      expect(unknown.code).not.toBe(0);
      expect(unknown.stdout).toContain('unknown_version');
    },
    60_000,
  );
});
