import { describe, expect, it } from 'vitest';
import { isoNanoseconds, reportRows } from './report-rows.js';

describe('a time', () => {
  it.each([
    [0n, '1970-01-01T00:00:00.000000000Z'],
    [1_424_686_733_090_638_193n, '2015-02-23T10:18:53.090638193Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [9_223_372_036_854_775_807n, '2262-04-11T23:47:16.854775807Z'],
  ])('of %d ns is %s', (ns, iso) => expect(isoNanoseconds(ns)).toBe(iso));
});

describe('rows of a report', () => {
  it('have exact times and whole numbers, and null for what has no JSON', () => {
    const columns = (['timestamp', 'long', 'double', 'string', 'boolean'] as const).map((type) => ({
      ...{ name: type, type, key: false },
    }));
    const rows = [
      [1n, 9_007_199_254_740_993n, NaN, 'a', true],
      [null, 5, 0.1, null, null],
    ];
    expect(reportRows(columns, rows)).toEqual([
      ['1970-01-01T00:00:00.000000001Z', '9007199254740993', null, 'a', true],
      [null, 5, 0.1, null, null],
    ]);
  });
});
