import { DuckDBInstance } from '@duckdb/node-api';
import type { ReportView } from '@hark/contracts';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service, finished, hark, startHark } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-files-'));
const recording = join(folder, 'rec');
const KILLS = 10;

/** A finished reader of a folder of Parquet files, as any other process is one. */
async function query(sql: string): Promise<(string | number | boolean | null)[][]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await (await connection.run(sql)).getRowsJson()) as never;
  } finally {
    connection.closeSync();
  }
}

const piecesOf = (path: string): string[] => {
  try {
    return readdirSync(path).filter((name) => name.startsWith('batch='));
  } catch {
    return [];
  }
};

describe('files of a continuous export', () => {
  let service: Service;
  let expected: number;

  beforeAll(async () => {
    const simulated = await hark([
      ...['simulate', '--users', '4', '--devices', '6', '--minutes', '8', '--speed', 'max', '--seed', '5'],
      ...['--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    service = await Service.start({ HARK_REPORTS: 'none' });
  }, 120_000);

  afterAll(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`hold each row once, and never half a batch, over ${KILLS} kills of ingest`, async () => {
    const etl = async (name: string, from: string, sink: object): Promise<void> => {
      const select = ['id', 'user', 'event_time', 'final'];
      const where = [{ column: 'final', op: '=', value: true }];
      const spec = { name, from, where, ...(from === 'predictions' && { select }), sink };
      const made = await service.post('gateway', '/v1/reports', spec);
      expect(made.status, JSON.stringify(made.body)).toBe(201);
    };
    await etl('predictions_etl', 'predictions', { type: 'parquet', partitionBy: ['day', 'user'] });
    await etl('windows_etl', 'windows', { type: 'file' });

    const reports = join(service.data, 'reports');
    const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
    const imported = finished(startHark(['import', recording, '--wait', ...urls]));
    let ended = false;
    void imported.then(() => (ended = true));
    // A batch that was seen is seen again with the same rows: it was whole from the first moment on.
    const seen = new Map<number, number>();
    const read = async (): Promise<void> => {
      if (piecesOf(join(reports, 'predictions_etl')).length === 0) return;
      const files = `read_parquet('${reports}/predictions_etl/batch=*/**/*.parquet', hive_partitioning = true)`;
      for (const [batch, rows] of await query(`select batch::bigint, count(*) from ${files} group by all`)) {
        const before = seen.get(Number(batch));
        if (before !== undefined) expect(Number(rows), `batch ${batch}`).toBe(before);
        seen.set(Number(batch), Number(rows));
      }
    };
    for (let kills = 0; kills < KILLS; kills++) {
      await sleep(150 + ((kills * 337) % 700));
      await service.kill('ingest');
      await service.startApp('ingest');
      await read();
    }
    const { code, stderr } = await imported;
    expect(code, stderr).toBe(0);
    expect(ended).toBe(true);

    expected = (await service.get<{ sessions: unknown[] }>('gateway', '/v1/sessions')).sessions.length;
    expect(expected).toBeGreaterThan(0);
    // Until nothing has come for a while: the trigger takes what there is.
    for (let quiet = 0, before = -1; quiet < 8;) {
      await sleep(250);
      const now =
        piecesOf(join(reports, 'predictions_etl')).length + piecesOf(join(reports, 'windows_etl')).length;
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
    await read();
    const { reports: views } = await service.get<{ reports: ReportView[] }>('gateway', '/v1/reports');
    expect(views.map(({ name, state, error }) => [name, state, error])).toEqual([
      ['predictions_etl', 'running', null],
      ['windows_etl', 'running', null],
    ]);
    const files = `read_parquet('${reports}/predictions_etl/**/*.parquet', hive_partitioning = true)`;
    const [[rows, ids, users]] = await query(
      `select count(*), count(distinct id), count(distinct user) from ${files}`,
    );
    const [[windows]] = await query(`select count(*) from read_json('${reports}/windows_etl/**/*.jsonl')`);
    expect(Number(rows)).toBeGreaterThan(1000);
    expect([ids, windows, users]).toEqual([rows, rows, '4']);
    expected = Number(rows);
  }, 300_000);

  it('are what `hark export` writes of the stopped service too, once, however often it is run', async () => {
    const out = join(folder, 'export');
    const run = async (what: string) => {
      const done = await hark(['export', what, '--out', join(out, what), '--data', service.data, '--json']);
      expect(done.code, done.stderr).toBe(0);
      return JSON.parse(done.stdout) as { rows: number; pieces: number };
    };
    // While it runs, and after it has been stopped.
    expect((await run('predictions')).rows).toBe(expected);
    expect((await run('windows')).rows).toBe(expected);
    expect((await run('predictions')).rows).toBe(0);
    const files = (what: string) => `read_parquet('${out}/${what}/**/*.parquet', hive_partitioning = true)`;
    const [[rows, same]] = await query(
      `select count(*), count(e.id) from ${files('predictions')} p left join ` +
        `read_parquet('${service.data}/reports/predictions_etl/**/*.parquet', hive_partitioning = true) e using (id, user, event_time, day)`,
    );
    expect([rows, same]).toEqual([String(expected), String(expected)]);
    const other = await hark([
      'export',
      'windows',
      '--out',
      join(out, 'predictions'),
      '--data',
      service.data,
    ]);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('holds another export')]);
  }, 60_000);

  it('hold the samples of a session as they were sent', async () => {
    const { sessions } = await service.get<{ sessions: { id: string }[] }>('gateway', '/v1/sessions');
    const out = join(folder, 'session');
    const done = await hark([
      'export',
      'session',
      sessions[0].id,
      '--out',
      out,
      '--url',
      service.url('gateway'),
      '--json',
    ]);
    expect(done.code, done.stderr).toBe(0);
    const { rows } = JSON.parse(done.stdout) as { rows: number };
    const [[found, wrong]] = await query(
      `select count(*), count(*) filter (epoch_us(event_time) <> Creation_Time // 1000) from read_parquet('${out}/**/*.parquet')`,
    );
    expect([found, wrong]).toEqual([String(rows), '0']);
    expect(rows).toBeGreaterThan(1000);
  }, 60_000);
});
