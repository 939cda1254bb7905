import type { QuerySpec, ReportRows, ReportView } from '@hark/contracts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORACLE_ABSENT, oracleFile, oracleRecording } from '../libs/streaming/src/testing/oracle-stream.js';
import { Service, finished, startHark } from './harness.js';

type Cells = Record<string, string | number | null>;
type Figures = Record<
  'tumbling_10min' | 'tumbling_10min_user' | 'sliding_10_5' | 'cube_gt_model' | 'count_user',
  Cells[]
>;

interface Windows {
  readonly count: number;
  readonly sum_n: number;
  readonly sha256_of_sorted_start_user_device_n: string;
  readonly sum_avg_x: number;
  readonly sum_avg_y: number;
  readonly sum_avg_z: number;
  readonly sum_std_x: number;
  readonly first5: readonly (readonly (string | number)[])[];
  readonly last5: readonly (readonly (string | number)[])[];
}

interface Oracle {
  readonly rows: number;
  readonly late_rows: number;
  readonly rows_after_late_drop_and_dedupe: number;
  readonly rows_after_dedupe_no_late_drop: number;
  readonly dedupe_user_eventtime_only: number;
  readonly raw: Figures;
  readonly dedup_late_dropped: Figures;
  readonly dedup_no_late_drop: Figures;
  readonly windows_dd: Windows;
  readonly windows_dd_nolate: Windows;
}

const count = [{ fn: 'count' }];
const of = (fn: string, axes: string) => [...axes].map((column) => ({ fn, column, as: `${fn}_${column}` }));
const averages = [...count, ...of('avg', 'xyz')];

/** What the oracle asks of the rows, whatever has become of them before. */
const QUESTIONS: Record<keyof Figures, Partial<QuerySpec>> = {
  tumbling_10min: { groupBy: { window: { size: '10 minutes' } }, aggregate: count },
  tumbling_10min_user: { groupBy: { window: { size: '10 minutes' }, columns: ['User'] }, aggregate: count },
  sliding_10_5: { groupBy: { window: { size: '10 minutes', slide: '5 minutes' } }, aggregate: count },
  cube_gt_model: { groupBy: { cube: ['gt', 'Model'] }, aggregate: averages },
  count_user: { groupBy: { columns: ['User'] }, aggregate: count },
};
const WINDOWS: Partial<QuerySpec> = {
  groupBy: { window: { size: '2.56 seconds', slide: '1.28 seconds' }, columns: ['User', 'Device'] },
  aggregate: [...averages, ...of('stddev', 'xyz')],
};

/** First of each user, device and event time; a sample behind the watermark is left out. */
const deduplicated = (delay: string): Partial<QuerySpec> => ({
  withWatermark: { column: 'event_time', delay },
  dropDuplicates: ['User', 'Device', 'event_time'],
});
const VARIANTS: Record<'raw' | 'dedup_late_dropped' | 'dedup_no_late_drop', Partial<QuerySpec>> = {
  raw: {},
  dedup_late_dropped: deduplicated('5 seconds'),
  dedup_no_late_drop: deduplicated('1 day'),
};

/** Reports that the service has by itself. */
const BUILT_IN: Readonly<Record<string, string>> = {
  'raw/tumbling_10min': 'activity_counts_10m',
  'raw/tumbling_10min_user': 'activity_counts_10m_by_user',
  'raw/sliding_10_5': 'activity_counts_10m_sliding_5m',
  'raw/cube_gt_model': 'device_model_stats',
};
const nameOf = (variant: string, question: string): string =>
  BUILT_IN[`${variant}/${question}`] ?? `${variant}_${question}`;

/** A row of a report as the oracle writes it. */
function asOracle(row: Cells): Cells {
  const cells: Cells = {};
  for (const [name, value] of Object.entries(row)) {
    if (name === 'window.start') cells['start_us'] = Date.parse(String(value)) * 1000;
    else if (name === 'Model') cells['model'] = value;
    else if (name === 'grouping_id') cells['grouping'] = value;
    else if (name !== 'window.end') cells[name] = value;
  }
  if ('grouping' in cells) {
    cells['n'] = cells['count'];
    delete cells['count'];
    // An unlabelled row's activity is null here and "null" there; aggregated away it is null in both.
    if (Number(cells['grouping']) < 2) cells['gt'] ??= 'null';
  }
  return cells;
}

const keyOf = (cells: Cells): string =>
  JSON.stringify(['start_us', 'User', 'gt', 'model', 'grouping'].map((name) => cells[name] ?? null));
const sorted = (rows: readonly Cells[]): Cells[] => [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

function expectCells(found: readonly Cells[], expected: readonly Cells[], what: string): void {
  expect(found.map(keyOf), what).toEqual(expected.map(keyOf));
  found.forEach((row, i) => {
    for (const [name, value] of Object.entries(expected[i])) {
      if (name.startsWith('avg_'))
        expect(row[name], `${what} ${keyOf(row)} ${name}`).toBeCloseTo(Number(value), 9);
      else expect(row[name], `${what} ${keyOf(row)} ${name}`).toBe(value);
    }
  });
}

describe.skipIf(ORACLE_ABSENT)(
  `reports of a million rows${ORACLE_ABSENT ? ` (${ORACLE_ABSENT})` : ''}`,
  () => {
    let service: Service;
    let oracle: Oracle;

    const rows = async (name: string): Promise<Cells[]> =>
      (await service.get<ReportRows>('gateway', `/v1/reports/${name}?limit=10000`)).rows.map(
        (row) => row as Cells,
      );

    /** Every report has read all there is, and the gateway has all that they found. */
    const caughtUp = async (): Promise<void> => {
      for (let waited = 0; waited < 150_000; waited += 250) {
        const { reports } = await service.get<{ reports: ReportView[] }>('gateway', '/v1/reports');
        expect(reports.filter(({ state }) => state !== 'running')).toEqual([]);
        const metrics = await (await fetch(service.url('ingest', '/metrics'))).text();
        const lags = [...metrics.matchAll(/^hark_report_lag_records\{.*\} (\d+)/gm)].map(([, lag]) =>
          Number(lag),
        );
        const status = await service.get<{ gateway: { lagRecords: { reports: number } } }>(
          'gateway',
          '/v1/status',
        );
        const waiting = lags.reduce((sum, lag) => sum + lag, status.gateway.lagRecords.reports);
        if (lags.length === reports.length && waiting === 0) return;
        await sleep(250);
      }
      expect.unreachable('the reports never caught up');
    };

    beforeAll(async () => {
      oracle = JSON.parse(readFileSync(oracleFile('acc-1m.json'), 'utf8')) as Oracle;
      service = await Service.start();
      const created: Promise<{ status: number }>[] = [];
      const create = (name: string, spec: Partial<QuerySpec>): void => {
        const body = {
          name,
          from: 'samples',
          outputMode: 'update',
          trigger: { processingTime: '1 second' },
          ...spec,
        };
        created.push(service.post('gateway', '/v1/reports', body));
      };
      for (const [variant, before] of Object.entries(VARIANTS)) {
        for (const [question, spec] of Object.entries(QUESTIONS)) {
          if (`${variant}/${question}` in BUILT_IN) continue;
          create(nameOf(variant, question), { ...before, ...spec });
        }
      }
      create('windows_dd', { ...VARIANTS.dedup_late_dropped, ...WINDOWS });
      create('windows_dd_nolate', { ...VARIANTS.dedup_no_late_drop, ...WINDOWS });
      for (const { status } of await Promise.all(created)) expect(status).toBe(201);

      const importing = startHark([
        'import',
        oracleRecording('small'),
        '--sensor',
        'accelerometer',
        '--url',
        service.url('ingest'),
      ]);
      const imported = finished(importing);
      const killed = async (): Promise<void> => {
        await service.kill('ingest');
        await service.startApp('ingest');
      };
      // In the middle of the import, and in the middle of what the reports read.
      const accepted = async (): Promise<number> =>
        (await service.get<{ frontDoor: { accepted: number } }>('ingest', '/v1/status')).frontDoor.accepted;
      while (importing.exitCode === null && (await accepted()) < oracle.rows / 3) await sleep(20);
      expect(importing.exitCode, 'the import ended before the kill').toBeNull();
      await killed();
      const taken = async (): Promise<number[]> =>
        (await service.get<{ reports: ReportView[] }>('gateway', '/v1/reports')).reports.map(
          (each) => each.inputRows,
        );
      while (!(await taken()).some((rows) => rows > oracle.rows / 4)) await sleep(20);
      expect(Math.min(...(await taken())), 'the reports had read all before the kill').toBeLessThan(
        oracle.rows,
      );
      await killed();
      const { code, stderr } = await imported;
      expect(code, stderr).toBe(0);
      await caughtUp();
    }, 300_000);

    afterAll(() => service?.stop());

    for (const variant of Object.keys(VARIANTS) as (keyof typeof VARIANTS)[]) {
      for (const question of Object.keys(QUESTIONS) as (keyof Figures)[]) {
        it(`${variant} ${question} are DuckDB's, with a kill -9 of ingest in the middle`, async () => {
          const found = sorted((await rows(nameOf(variant, question))).map(asOracle));
          expectCells(found, sorted(oracle[variant][question]), `${variant} ${question}`);
        });
      }
    }

    it('keep and leave out as many rows as DuckDB', async () => {
      const total = async (name: string): Promise<number> =>
        (await rows(name)).reduce((sum, row) => sum + Number(row['count']), 0);
      expect(await total('raw_count_user')).toBe(oracle.rows);
      expect(await total('dedup_late_dropped_count_user')).toBe(oracle.rows_after_late_drop_and_dedupe);
      expect(await total('dedup_no_late_drop_count_user')).toBe(oracle.rows_after_dedupe_no_late_drop);
      // Built in, with the same watermark; by user and event time alone.
      expect(await total('distinct_counts')).toBe(oracle.rows_after_late_drop_and_dedupe);
    });

    it.each(['windows_dd', 'windows_dd_nolate'] as const)(
      '%s are the same windows as DuckDB cuts, with the same averages and deviations',
      async (name) => {
        const expected = oracle[name];
        const found = (await rows(name)).map((row) => ({
          start: Date.parse(String(row['window.start'])) * 1000,
          user: String(row['User']),
          device: String(row['Device']),
          row,
        }));
        found.sort((a, b) => a.start - b.start || compare(a.user, b.user) || compare(a.device, b.device));
        const sum = (column: string): number =>
          found.reduce((total, { row }) => total + Number(row[column] ?? 0), 0);
        expect(found.length).toBe(expected.count);
        expect(sum('count')).toBe(expected.sum_n);
        for (const axis of ['x', 'y', 'z'] as const)
          expect(sum(`avg_${axis}`)).toBeCloseTo(expected[`sum_avg_${axis}`], 5);
        expect(sum('stddev_x')).toBeCloseTo(expected.sum_std_x, 5);
        const columns = ['count', 'avg_x', 'avg_y', 'avg_z', 'stddev_x', 'stddev_y', 'stddev_z'];
        const check = (part: typeof found, cells: Windows['first5']): void =>
          part.forEach(({ start, user, device, row }, i) => {
            expect([start, user, device]).toEqual(cells[i].slice(0, 3));
            columns.forEach((column, c) =>
              expect(Number(row[column] ?? 0)).toBeCloseTo(Number(cells[i][3 + c]), 8),
            );
          });
        check(found.slice(0, 5), expected.first5);
        check(found.slice(-5), expected.last5);
        const lines = found.map(
          ({ start, user, device, row }) => `${start},${user},${device},${row['count']}`,
        );
        const digests = [lines.join('\n'), `${lines.join('\n')}\n`].map((text) =>
          createHash('sha256').update(text).digest('hex'),
        );
        expect(digests).toContain(expected.sha256_of_sorted_start_user_device_n);
      },
    );

    it('show the stairs, and what they did as StreamingQueryProgress', async () => {
      const stairs = await rows('stairs');
      expect(stairs).toHaveLength(100);
      expect(new Set(stairs.map(({ gt }) => String(gt)))).toEqual(new Set(['stairsup', 'stairsdown']));
      const { progress } = await service.get<{ progress: Record<string, never>[] }>(
        'gateway',
        '/v1/reports/distinct_counts/progress',
      );
      expect(progress.length).toBeGreaterThan(0);
      const rowsIn = progress.reduce((sum, each) => sum + Number(each['numInputRows']), 0);
      expect(rowsIn).toBeGreaterThan(0);
      const metrics = await (await fetch(service.url('ingest', '/metrics'))).text();
      expect(metrics).toContain('hark_report_running{report="stairs"} 1');
    });
  },
);

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
