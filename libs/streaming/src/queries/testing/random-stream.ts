import fc from 'fast-check';
import type { ColumnSchema, Row, StaticTable } from '../rows/value.js';

/** A source for tests, with nulls in every column. */
export const COLUMNS: readonly ColumnSchema[] = [
  { name: 'k', type: 'string' },
  { name: 'g', type: 'string' },
  { name: 'v', type: 'double' },
  { name: 'n', type: 'long' },
  { name: 'b', type: 'boolean' },
  { name: 't', type: 'timestamp' },
];

export const STATICS: Readonly<Record<string, StaticTable>> = {
  one: {
    name: 'one',
    schema: [
      { name: 'k', type: 'string' },
      { name: 'v', type: 'double' },
      { name: 'w', type: 'double' },
    ],
    rows: [
      ['a', 1, 10.5],
      ['b', 2, null],
      [null, 3, 30],
    ],
  },
  many: {
    name: 'many',
    schema: [
      { name: 'k', type: 'string' },
      { name: 'n', type: 'long' },
      { name: 'what', type: 'string' },
    ],
    rows: [
      ['a', 0, 'first'],
      ['a', 0, 'second'],
      ['b', 1, 'third'],
      ['c', null, 'never'],
    ],
  },
};

const START = 1_424_696_633_913_000_000n;

/** Time of a row: mostly near the one before, sometimes far behind, once in a while not there. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -2000, max: 4000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -60_000, max: 10_000 }) },
);
const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 6 });

const row = fc.record({
  step,
  subNs: fc.constantFrom(0, 0, 1, 999_999, 123_456),
  hasTime: fc.integer({ min: 0, max: 15 }),
  again: fc.integer({ min: 0, max: 9 }),
  /** Of the same texts as the row before. */
  goesOn: fc.boolean(),
  cells: fc.tuple(
    nullable(fc.constantFrom('a', 'b', 'c', 'ab')),
    nullable(fc.constantFrom('x', 'y')),
    nullable(
      fc.oneof(
        fc.integer({ min: -8, max: 8 }).map((n) => n / 4),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      ),
    ),
    nullable(fc.integer({ min: -3, max: 3 })),
    nullable(fc.boolean()),
  ),
});

/** Rows that come late, doubled and out of order. `t` is the last cell. */
export const streams: fc.Arbitrary<Row[]> = fc.array(row, { minLength: 0, maxLength: 60 }).map((parts) => {
  let ms = 0;
  const rows: Row[] = [];
  for (const { step: by, subNs, hasTime, again, goesOn, cells } of parts) {
    if (again === 0 && rows.length > 0) {
      rows.push(rows[Math.floor(rows.length / 2)]);
      continue;
    }
    // Forward on the whole: a step back is of this row alone.
    if (by > 0) ms += by;
    const at = START + BigInt(Math.max(0, by < 0 ? ms + by : ms)) * 1_000_000n + BigInt(subNs);
    const before = goesOn ? rows.at(-1) : undefined;
    const texts = before?.slice(0, 2) ?? cells.slice(0, 2);
    rows.push([...texts, ...cells.slice(2), hasTime === 0 ? null : at]);
  }
  return rows;
});

/** The same with nothing later than 2 s and a time in every row. */
export const orderlyStreams: fc.Arbitrary<Row[]> = streams.map((rows) => {
  let greatest = 0n;
  return rows
    .filter((each) => each[5] !== null)
    .map((each) => {
      const time = each[5] as bigint;
      const kept = time < greatest - 2_000_000_000n ? greatest - 2_000_000_000n : time;
      if (kept > greatest) greatest = kept;
      return [...each.slice(0, 5), kept];
    });
});
