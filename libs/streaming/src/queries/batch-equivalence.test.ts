import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { QuerySpec } from '@hark/contracts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileQuery, StreamingQuery, batchOf, type QueryPlan, type Row, type Value } from './index.js';
import { cutByCodes } from './rows/stretches.js';
import { batchSql } from './testing/batch-sql.js';
import { queries, sessionQueries } from './testing/random-query.js';
import { COLUMNS, STATICS, orderlyStreams, streams } from './testing/random-stream.js';

/** `HARK_QUERY_RUNS=20000` for a long run. */
const RUNS = Number(process.env.HARK_QUERY_RUNS ?? 100);
/** `k` and `g`. */
const TEXTS = new Set([0, 1]);
const CATALOG = { sources: { samples: { columns: COLUMNS } }, statics: STATICS };

/** Where batches end, where micro-batches end among them, and where the query is restarted from its state. */
interface Cuts {
  /** Of each batch, whether it knows in which stretches of rows its texts stay the same. */
  readonly stretches: readonly boolean[];
  readonly sizes: readonly number[];
  readonly triggers: readonly boolean[];
  readonly restarts: readonly boolean[];
}
const cuts: fc.Arbitrary<Cuts> = fc.record({
  stretches: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  sizes: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
  triggers: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  restarts: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
});
const WHOLE: Cuts = { stretches: [false], sizes: [1000], triggers: [false], restarts: [false] };

/** All that a query gives, as a sink would have it in the end. */
function streamed(plan: QueryPlan, rows: readonly Row[], where: Cuts): Row[] {
  const { stretches, sizes, triggers, restarts } = where;
  let query = new StreamingQuery(plan);
  let appended: Row[] = [];
  const updated = new Map<string, Row>();
  const trigger = () => {
    const { rows: out } = query.trigger();
    if (plan.outputMode === 'complete') appended = [...out];
    else if (plan.outputMode === 'append' || !plan.aggregates) appended.push(...out);
    else for (const row of out) updated.set(text(plan.keyColumns.map((index) => row[index])), row);
  };
  for (let at = 0, cut = 0; at < rows.length; cut++) {
    const size = sizes[cut % sizes.length];
    const batch = batchOf(COLUMNS, rows.slice(at, at + size));
    const isCut = stretches[cut % stretches.length];
    query.take(isCut ? { ...batch, stretches: cutByCodes(batch, TEXTS, 0, 1) } : batch);
    at += size;
    if (triggers[cut % triggers.length]) trigger();
    if (restarts[cut % restarts.length]) {
      const state = query.snapshot();
      query = new StreamingQuery(plan);
      query.restore(state);
    }
  }
  trigger();
  return updated.size > 0 ? [...updated.values()] : appended;
}

const text = (row: Row) =>
  JSON.stringify(row, (_key, value: Value) => (typeof value === 'bigint' ? `${value}n` : value));

/** Sorted by the columns that tell results apart; by all where there are none. */
function sorted(plan: QueryPlan, rows: readonly Row[]): Row[] {
  const by = plan.aggregates ? plan.keyColumns : plan.schema.map((_, index) => index);
  const keyed = rows.map((row) => ({ row, key: text(by.map((index) => row[index])) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}

/** The database's values as the engine would have them. */
function asValues(plan: QueryPlan, rows: readonly (readonly unknown[])[]): Row[] {
  return rows.map((row) =>
    row.map((value, index): Value => {
      const { type } = plan.schema[index];
      if (typeof value === 'bigint') return type === 'timestamp' ? value : Number(value);
      return value as Value;
    }),
  );
}

function close(a: Value, b: Value): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return a === b || Math.abs(a - b) <= 1e-7 * Math.max(1, Math.abs(a), Math.abs(b));
}

describe('a query over a stream', () => {
  let database: DuckDBConnection;
  beforeAll(async () => {
    database = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  });

  const answersAsBatch = (specs: fc.Arbitrary<QuerySpec>, rows: fc.Arbitrary<Row[]>) =>
    fc.assert(
      fc.asyncProperty(specs, rows, cuts, async (spec, stream, where) => {
        const plan = compileQuery(spec, CATALOG);
        const sql = batchSql(spec, COLUMNS, stream, STATICS);
        const reader = await database.runAndReadAll(sql);
        const expected = sorted(plan, asValues(plan, reader.getRows()));
        const got = sorted(plan, streamed(plan, stream, where));
        expect(got.map(text).length, sql).toBe(expected.length);
        got.forEach((row, i) => {
          const same = row.every((value, c) => close(value, expected[i][c]));
          if (!same) expect(text(row), sql).toBe(text(expected[i]));
        });
      }),
      { numRuns: RUNS },
    );

  it('gives what a database gives for all rows at once', () => answersAsBatch(queries, streams), 600_000);

  it(
    'gives the sessions that a database finds',
    () => answersAsBatch(sessionQueries, orderlyStreams),
    600_000,
  );

  it('gives the same to the bit, however it is cut, and when it is restarted anywhere', () => {
    fc.assert(
      fc.property(fc.oneof(queries, sessionQueries), streams, cuts, (spec, stream, where) => {
        const plan = compileQuery(spec, CATALOG);
        const whole = sorted(plan, streamed(plan, stream, WHOLE)).map(text);
        expect(sorted(plan, streamed(plan, stream, where)).map(text)).toEqual(whole);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
