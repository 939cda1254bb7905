import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, hark, type App } from './harness.js';

const DEPLOY = fileURLToPath(new URL('../deploy/', import.meta.url));
const RULES = join(DEPLOY, 'prometheus/hark.rules.yml');
const CONFIG = readFileSync(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8');

/** A program of Prometheus, from the folder `HARK_PROMETHEUS` or from where commands are. */
const program = (name: string) => {
  const folder = process.env['HARK_PROMETHEUS'];
  return folder === undefined ? name : join(folder, name);
};
const ABSENT = ['prometheus', 'promtool'].every(
  (name) => spawnSync(program(name), ['--version']).status === 0,
)
  ? null
  : 'Prometheus is not there: install it, or name its folder in HARK_PROMETHEUS';

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const { panels } = JSON.parse(readFileSync(join(DEPLOY, 'grafana/dashboards/hark.json'), 'utf8')) as {
  panels: readonly Panel[];
};
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

/** Nobody sends anything of these before something is wrong, or anybody subscribes. */
const EMPTY_AT_REST = /hark_gateway_messages_total/;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(ABSENT !== null)(`a real Prometheus (${ABSENT ?? 'there'})`, () => {
  let folder: string;
  let service: Service;
  let prometheus: ChildProcess;
  let origin: string;

  /** What `/api/v1/<path>` answers. */
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${origin}/api/v1/${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: T };
    expect(body.status, body.error).toBe('success');
    return body.data;
  };
  const query = async (expression: string) =>
    (
      await ask<{ result: { metric: Record<string, string> }[] }>(
        `query?query=${encodeURIComponent(expression)}`,
      )
    ).result;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hark-e2e-prometheus-'));
    const recording = join(folder, 'rec');
    const simulated = await hark([
      ...['simulate', '--users', '2', '--devices', '2', '--minutes', '2', '--speed', 'max', '--seed', '7'],
      ...['--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    service = await Service.start();
    const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
    const imported = await hark(['import', recording, '--wait', ...urls]);
    expect(imported.code, imported.stderr).toBe(0);

    // The configuration that is deployed, but for where the apps are and how often they are asked.
    const address = (app: App) => new URL(service.url(app)).host;
    const config = CONFIG.replace(/'(ingest|learner|gateway):\d+'/g, (_, app: App) => `'${address(app)}'`)
      .replace('hark.rules.yml', RULES)
      .replaceAll('10s', '1s')
      .replace('/run/metrics/token', join(folder, 'token'));
    writeFileSync(join(folder, 'token'), 'nobody asks for it without a tokens file');
    writeFileSync(join(folder, 'prometheus.yml'), config);
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      program('prometheus'),
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    // Rates are made of two readings.
    for (;;) {
      expect(prometheus.exitCode).toBeNull();
      const read = await query('min(count_over_time(up{job="hark"}[1h]))').catch(() => []);
      if (
        read.length === 1 &&
        (await query('count(count_over_time(up{job="hark"}[1h]) > 2) == 3')).length === 1
      )
        break;
      await sleep(100);
    }
  }, 120_000);

  afterAll(async () => {
    const over = prometheus && new Promise((resolve) => prometheus.once('exit', resolve));
    prometheus?.kill();
    await over;
    await service?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('reads the metrics of all three apps', async () => {
    const up = await query('up{job="hark"} == 1');
    expect(up.map(({ metric }) => metric['app']).sort()).toEqual(['gateway', 'ingest', 'learner']);
  });

  it.each(queries)('has an answer for the dashboard’s panel %s: %s', async (_, expression) => {
    const answer = await query(expression);
    if (!EMPTY_AT_REST.test(expression)) expect(answer).not.toEqual([]);
  });

  it('takes all alert rules, and none fires at rest', async () => {
    const { groups } = await ask<{
      groups: { rules: { name: string; health: string; alerts: { state: string }[] }[] }[];
    }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThanOrEqual(9);
    expect(
      rules.filter(
        ({ health, alerts }) => health === 'err' || alerts.some(({ state }) => state === 'firing'),
      ),
    ).toEqual([]);
  });

  it('fires each alert when it should and not before, by the rules’ own tests', () => {
    const { status, stdout, stderr } = spawnSync(
      program('promtool'),
      ['test', 'rules', join(DEPLOY, 'prometheus/hark.rules.test.yml')],
      { encoding: 'utf8' },
    );
    expect(status, stdout + stderr).toBe(0);
  });
});
