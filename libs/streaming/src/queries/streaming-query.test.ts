import type { QuerySpec } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { StateFormatError } from '../runner/processor.js';
import { StreamingQuery, batchOf, compileQuery, type Row } from './index.js';

const COLUMNS = [
  { name: 'user', type: 'string' },
  { name: 't', type: 'timestamp' },
] as const;
const SECOND = 1_000_000_000n;

function running(spec: object): StreamingQuery {
  const catalog = { sources: { samples: { columns: COLUMNS } }, statics: {} };
  return new StreamingQuery(compileQuery({ from: 'samples', ...spec } as QuerySpec, catalog));
}

/** Rows of user `a` at some seconds. */
const at = (...seconds: readonly number[]) =>
  batchOf(
    COLUMNS,
    seconds.map((second): Row => ['a', BigInt(second) * SECOND]),
  );

const windowed = {
  withWatermark: { column: 't', delay: '5 seconds' },
  groupBy: { window: { size: '10 seconds' } },
};
const window = (start: number, count: number): Row => [
  BigInt(start) * SECOND,
  BigInt(start + 10) * SECOND,
  count,
];

describe('a running query', () => {
  it('appends a window once, when the watermark has reached its end', () => {
    const query = running({ ...windowed, outputMode: 'append' });
    query.take(at(100, 105, 114));
    expect(query.trigger().rows).toEqual([]);
    query.take(at(115, 109));
    expect(query.trigger().rows).toEqual([window(100, 2)]);
    query.take(at(116));
    expect(query.trigger().rows).toEqual([]);
  });

  it('updates the windows that have changed, and drops a row for a closed one, counted', () => {
    const query = running({ ...windowed, outputMode: 'update' });
    query.take(at(100, 111));
    expect(query.trigger().rows).toEqual([window(100, 1), window(110, 1)]);
    query.take(at(112, 115, 109));
    expect(query.trigger().rows).toEqual([window(110, 3)]);
    expect(query.stateOperators()).toMatchObject([
      { numRowsTotal: 1, numRowsUpdated: 1, numRowsRemoved: 1, numRowsDroppedByWatermark: 1 },
    ]);
  });

  it('gives the whole result each time in complete, and drops nothing', () => {
    const query = running({ ...windowed, outputMode: 'complete' });
    query.take(at(100, 130, 101));
    expect(query.trigger().rows).toEqual([window(100, 2), window(130, 1)]);
    expect(query.trigger().rows).toEqual([window(100, 2), window(130, 1)]);
  });

  it('gives the last rows of a selection without making the others', () => {
    const query = running({ where: "user = 'a'" });
    query.take(at(1, 2, 3));
    query.take(at(4));
    const output = query.trigger();
    expect(output.rowCount).toBe(4);
    expect(output.tail(2)).toEqual([
      ['a', 3n * SECOND],
      ['a', 4n * SECOND],
    ]);
    expect(output.rows).toHaveLength(4);
    expect(query.trigger().rowCount).toBe(0);
  });

  it('tells the event times of a micro-batch and the watermark', () => {
    const query = running({ ...windowed, outputMode: 'update' });
    expect(query.watermark()).toBeNull();
    query.take(at(100, 110, 102));
    expect(query.trigger()).toMatchObject({
      inputRows: 3,
      eventTime: { min: 100n * SECOND, max: 110n * SECOND, avg: 104n * SECOND, watermark: 105n * SECOND },
    });
    expect(query.trigger()).toMatchObject({
      inputRows: 0,
      eventTime: { min: null, max: null, avg: null, watermark: 105n * SECOND },
    });
  });

  it('keeps the newest of a result by order and limit', () => {
    const query = running({
      groupBy: { columns: ['t'] },
      orderBy: [{ column: 'count', descending: true }, { column: 't' }],
      having: 'count > 1',
      limit: 2,
      outputMode: 'complete',
    });
    query.take(at(1, 3, 3, 2, 2, 4, 4, 4));
    expect(query.trigger().rows).toEqual([
      [4n * SECOND, 3],
      [2n * SECOND, 2],
    ]);
  });

  it('refuses the state of a query of another shape', () => {
    const state = running({ ...windowed, outputMode: 'update' }).snapshot();
    expect(() => running({ outputMode: 'append' }).restore(state)).toThrow(StateFormatError);
  });
});
