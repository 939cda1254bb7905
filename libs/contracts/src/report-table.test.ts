import { describe, expect, it } from 'vitest';
import type { ReportBatch } from './report-record.js';
import { ReportTable } from './report-table.js';

const batch = (
  mode: ReportBatch['mode'],
  rows: ReportBatch['rows'],
  names = ['User', 'count'],
): ReportBatch => ({
  ...{ kind: 'batch', report: 'r', runId: 'x', batchId: 0, mode, rows },
  schema: names.map((name, i) => ({ name, type: 'string', key: i === 0 })),
});
const tableOf = (maxRows: number, ...batches: ReportBatch[]) => {
  const table = new ReportTable(maxRows);
  for (const each of batches) table.take(each);
  return table;
};

describe('the table of a report', () => {
  it('goes on from where it was stored as if it had never been', () => {
    for (const mode of ['append', 'update', 'complete'] as const) {
      const first = batch(mode, [
        ['a', 1],
        ['b', 2],
      ]);
      const second = batch(mode, [
        ['b', 3],
        ['c', 4],
      ]);
      const whole = tableOf(3, first, second);
      const restored = ReportTable.of(tableOf(3, first).stored(), 3);
      restored.take(second);
      expect(restored.stored()).toEqual(whole.stored());
    }
  });

  it('keeps an updated row where it was, and leaves out the oldest', () => {
    const table = tableOf(
      2,
      batch('update', [
        ['a', 1],
        ['b', 2],
      ]),
      batch('update', [
        ['a', 9],
        ['c', 3],
      ]),
    );
    expect([[...table.rows()], table.omitted]).toEqual([
      [
        ['b', 2],
        ['c', 3],
      ],
      1,
    ]);
  });

  it('counts what a micro-batch left out itself', () => {
    const table = tableOf(10, { ...batch('append', [['a', 1]]), omitted: 5 });
    expect(table.omitted).toBe(5);
  });

  it('begins anew when the columns have changed', () => {
    const table = tableOf(10, batch('update', [['a', 1]]), batch('update', [['b', 2]], ['User', 'sum']));
    expect([...table.rows()]).toEqual([['b', 2]]);
  });
});
