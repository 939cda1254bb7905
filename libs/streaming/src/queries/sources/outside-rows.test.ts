import { describe, expect, it } from 'vitest';
import {
  csvRow,
  encodeRecordedRows,
  jsonRow,
  rateRows,
  recordedRows,
  rowsOf,
  type ColumnSchema,
} from '../index.js';

const COLUMNS: readonly ColumnSchema[] = [
  { name: 's', type: 'string' },
  { name: 'd', type: 'double' },
  { name: 'l', type: 'long' },
  { name: 't', type: 'timestamp' },
  { name: 'b', type: 'boolean' },
];

describe('rows of somebody else', () => {
  it('are read out of JSON by the names of the columns, with every digit of a whole number', () => {
    const line =
      '{"l": 1424686733090638193, "s": "a, \\"1234567890123456789\\"", "d": -1.5e3, "t": 1424686733090638193, "b": true}';
    expect(jsonRow(line, COLUMNS)).toEqual([
      ...['a, "1234567890123456789"', -1500],
      ...[1_424_686_733_090_638_193n, 1_424_686_733_090_638_193n, true],
    ]);
  });

  it('are read out of CSV by the names of its header', () => {
    const header = ['t', 'b', 'x', 's', 'l', 'd'];
    expect(csvRow('2015-02-23T10:18:53.090638193Z,false,?,"007, ""Bond""",007,.5', header, COLUMNS)).toEqual([
      ...['007, "Bond"', 0.5, 7, 1_424_686_733_090_638_193n, false],
    ]);
  });

  it('have null for what is missing or of another type, and nothing else for what is no row at all', () => {
    expect(
      jsonRow('{"s": {"x": 1}, "d": "many", "l": 1.5, "t": "soon", "b": "constructor"}', COLUMNS),
    ).toEqual([...['{"x":1}', null, null, null, null]]);
    const none = [null, null, null, null, null];
    for (const text of ['', 'null', '7', '{"s"']) expect(jsonRow(text, COLUMNS), text).toEqual(none);
    expect(csvRow(',,', ['d', 'l', 't'], COLUMNS)).toEqual(none);
    expect(csvRow('"open', ['s'], COLUMNS)).toEqual(['"open', null, null, null, null]);
    expect(csvRow('99999999999999999999,1e999', ['l', 'd'], COLUMNS)).toEqual(none);
  });

  it.each([
    ['2015-02-23', '1424649600000000000'],
    ['2015-02-23 10:18:53', '1424686733000000000'],
    ['2015-02-23T10:18', '1424686680000000000'],
    ['2015-02-23T11:18:53.5+0100', '1424686733500000000'],
    ['2015-02-23T11:18:53.5+01:00', '1424686733500000000'],
    ['1424686733', '1424686733'],
  ])('have %s as the time %s ns', (text, ns) => {
    expect(jsonRow(JSON.stringify({ t: text }), COLUMNS)[3]).toBe(BigInt(ns));
  });

  it('stand in the log as they were read', () => {
    const rows = [
      ['a', 0.1, 7, 1_424_686_733_090_638_193n, true],
      [null, null, 9_223_372_036_854_775_807n, -1n, false],
      [null, null, null, null, null],
    ];
    const value = encodeRecordedRows(rows);
    expect(rowsOf(recordedRows(COLUMNS).rows({ value })!)).toEqual(rows);
    expect(() => recordedRows(COLUMNS).rows({ value: Uint8Array.of(1) })).toThrow('no recorded rows');
  });
});

it('the rate source has the rows of its stretch, evenly spaced from its start on', () => {
  const stretch = { startMs: 1_424_686_733_090, rowsPerSecond: 3, from: 2, to: 5 };
  const value = new TextEncoder().encode(JSON.stringify(stretch));
  expect(rowsOf(rateRows.rows({ value })!)).toEqual([
    [1_424_686_733_756_666_666n, 2],
    [1_424_686_734_090_000_000n, 3],
    [1_424_686_734_423_333_333n, 4],
  ]);
});
