import type { ReportRows } from '@hark/contracts';
import { expect, it } from 'vitest';
import { reportShape } from './report-shape.js';

const column = (name: string, type: string, key: boolean) => ({ name, type, key });

it('draws the first number of the last window, by what the rows are grouped by, the largest first', () => {
  const schema = [
    column('start', 'timestamp', true),
    column('end', 'timestamp', true),
    column('gt', 'string', true),
    column('count', 'long', false),
  ];
  const row = (start: string, gt: string | null, count: number | string) => ({
    start,
    end: start,
    gt,
    count,
  });
  const rows = [row('2015-01', 'sit', 99), row('2015-02', 'walk', 3), row('2015-02', null, '7')];
  expect(reportShape({ schema, rows } as unknown as ReportRows)).toEqual({
    measure: 'count',
    bars: [
      { name: 'all', value: 7 },
      { name: 'walk', value: 3 },
    ],
    more: 0,
  });
});

it('draws nothing of a report without numbers', () => {
  const report = { schema: [column('gt', 'string', false)], rows: [{ gt: 'sit' }] };
  expect(reportShape(report as unknown as ReportRows)).toEqual({ measure: null, bars: [], more: 0 });
});
