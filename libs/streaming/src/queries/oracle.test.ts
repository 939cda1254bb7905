import { readFileSync } from 'node:fs';
import { SampleBatchBuilder, type QuerySpec } from '@hark/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { ORACLE_ABSENT, oracleFile, oracleRecording } from '../testing/oracle-stream.js';
import { compileQuery, sampleRowsOf, samplesRows, StreamingQuery, type Row, type RowBatch } from './index.js';

const CATALOG = { sources: { samples: samplesRows }, statics: {} };

/** Text split at commas and Number(): slow and plain, to share nothing with the parser of the service. */
function batchesOf(path: string): RowBatch[] {
  const batches: RowBatch[] = [];
  const builder = new SampleBatchBuilder(8192);
  const lines = readFileSync(path, 'latin1').split('\n');
  for (let i = 1; i < lines.length - 1; i++) {
    const [, arrival, creation, x, y, z, user, model, device, gt] = lines[i].split(',');
    builder.push(
      builder.streamOf(user, device, model, 'accelerometer'),
      Number(creation.slice(0, -6)),
      Number(creation.slice(-6)),
      Number(arrival),
      Number(x),
      Number(y),
      Number(z),
      builder.labelOf(gt === 'null' ? null : gt),
    );
    if (builder.rows === 8192) batches.push(sampleRowsOf(builder.take()));
  }
  batches.push(sampleRowsOf(builder.take()));
  return batches;
}

interface Answers {
  readonly tumbling_10min: readonly { readonly start_us: number; readonly count: number }[];
  readonly tumbling_10min_user: readonly {
    readonly start_us: number;
    readonly User: string;
    readonly count: number;
  }[];
  readonly sliding_10_5: readonly { readonly start_us: number; readonly count: number }[];
  readonly cube_gt_model: readonly {
    readonly gt: string | null;
    readonly model: string | null;
    readonly grouping: number;
    readonly n: number;
    readonly avg_x: number;
    readonly avg_y: number;
    readonly avg_z: number;
  }[];
  readonly count_user: readonly { readonly User: string; readonly count: number }[];
}

describe.skipIf(ORACLE_ABSENT)(
  `queries over a million rows with a known answer${ORACLE_ABSENT ? ` (${ORACLE_ABSENT})` : ''}`,
  () => {
    let batches: RowBatch[];
    let oracle: Record<string, Answers> & Record<string, number>;
    beforeAll(() => {
      batches = batchesOf(oracleRecording('small'));
      oracle = JSON.parse(readFileSync(oracleFile('acc-1m.json'), 'utf8')) as typeof oracle;
    }, 120_000);

    const run = (spec: QuerySpec) => {
      const query = new StreamingQuery(compileQuery(spec, CATALOG));
      for (const batch of batches) query.take(batch);
      return { rows: query.trigger().rows, operators: query.stateOperators() };
    };
    const micros = (value: Row[number]) => Number((value as bigint) / 1000n);

    const CASES: readonly [string, Partial<QuerySpec>][] = [
      ['raw', {}],
      [
        'dedup_late_dropped',
        {
          withWatermark: { column: 'event_time', delay: '5 seconds' },
          dropDuplicates: ['User', 'Device', 'event_time'],
        },
      ],
      ['dedup_no_late_drop', { dropDuplicates: ['User', 'Device', 'event_time'] }],
    ];

    it.each(CASES)('counts in 10-minute windows (%s)', (name, before) => {
      const { rows } = run({
        from: 'samples',
        ...before,
        groupBy: { window: { size: '10 minutes' } },
        outputMode: 'complete',
      });
      expect(rows.map(([start, , count]) => ({ start_us: micros(start), count }))).toEqual(
        oracle[name].tumbling_10min,
      );
    });

    it.each(CASES)('counts in 10-minute windows by user (%s)', (name, before) => {
      const { rows } = run({
        from: 'samples',
        ...before,
        groupBy: { window: { size: '10 minutes' }, columns: ['User'] },
        outputMode: 'complete',
      });
      expect(rows.map(([start, , User, count]) => ({ start_us: micros(start), User, count }))).toEqual(
        oracle[name].tumbling_10min_user,
      );
    });

    it.each(CASES)('counts in 10-minute windows every 5 minutes (%s)', (name, before) => {
      const { rows } = run({
        from: 'samples',
        ...before,
        groupBy: { window: { size: '10 minutes', slide: '5 minutes' } },
        outputMode: 'complete',
      });
      expect(rows.map(([start, , count]) => ({ start_us: micros(start), count }))).toEqual(
        oracle[name].sliding_10_5,
      );
    });

    it.each(CASES)('counts by user (%s)', (name, before) => {
      const { rows } = run({
        from: 'samples',
        ...before,
        groupBy: { columns: ['User'] },
        outputMode: 'complete',
      });
      expect(rows.map(([User, count]) => ({ User, count }))).toEqual(oracle[name].count_user);
    });

    it.each(CASES)('averages over the cube of activity and model (%s)', (name, before) => {
      const { rows } = run({
        from: 'samples',
        ...before,
        groupBy: { cube: ['gt', 'Model'] },
        aggregate: [{ fn: 'count' }, ...['x', 'y', 'z'].map((column) => ({ fn: 'avg', column }))],
        outputMode: 'complete',
      });
      const got = new Map(rows.map((row) => [row.slice(0, 3).join('/'), row]));
      const answers = oracle[name].cube_gt_model;
      for (const { gt, model, grouping, n, avg_x, avg_y, avg_z } of answers) {
        // What is null here is the text 'null' in the files.
        const key = [gt === 'null' ? null : gt, model, grouping].join('/');
        const row = got.get(key)!;
        expect(row?.[3], key).toBe(n);
        [avg_x, avg_y, avg_z].forEach((answer, axis) =>
          expect(Math.abs((row[4 + axis] as number) - answer), key).toBeLessThan(1e-9),
        );
      }
      expect(got.size).toBe(answers.length);
    });

    it('drops 206 late rows and 9,978 duplicates, and remembers what the watermark needs', () => {
      const { rows, operators } = run({
        from: 'samples',
        ...CASES[1][1],
        groupBy: { columns: [] },
        outputMode: 'update',
      });
      expect(rows).toEqual([[989_816]]);
      expect(operators[0]).toMatchObject({
        operatorName: 'dedupe',
        numRowsDroppedByWatermark: 206,
        numDroppedDuplicateRows: 9_978,
      });
      expect(operators[0].numRowsTotal).toBeLessThan(20_000);
    });
  },
);
