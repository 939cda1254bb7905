import type { AggregateSpec, GroupBySpec, QuerySpec } from '@hark/contracts';
import fc from 'fast-check';

const conditions = fc.constantFrom(
  "k like '%a%'",
  "k not like 'a_'",
  'v > 0.5',
  'v between -1 and 1 or b',
  'n in (1, 2, -3)',
  'not (k = g)',
  "g is null or k != 'b'",
  'n * 2 + 1 < v',
  'b',
);
const predicates = fc.constantFrom(
  { column: 'k', op: 'in', value: ['a', 'b'] },
  { column: 'n', op: '>=', value: 0 },
  { column: 'v', op: 'is not null' },
  { column: 'g', op: 'not like', value: 'x%' },
);
const where = fc.array(fc.oneof(conditions, predicates), { minLength: 1, maxLength: 2 });
const delays = fc.constantFrom('0 seconds', '1 second', '2.5 seconds', '10 seconds');
const maybe = <T>(values: fc.Arbitrary<T>, freq = 2) => fc.option(values, { nil: undefined, freq });

const aggregates: fc.Arbitrary<AggregateSpec[]> = fc.uniqueArray(
  fc.constantFrom<AggregateSpec>(
    { fn: 'count' },
    { fn: 'count', column: 'v' },
    { fn: 'sum', column: 'v' },
    { fn: 'sum', column: 'n' },
    { fn: 'avg', column: 'v' },
    { fn: 'avg', column: 'n' },
    { fn: 'stddev', column: 'v' },
    { fn: 'min', column: 'v' },
    { fn: 'max', column: 'n' },
    { fn: 'min', column: 'k' },
    { fn: 'max', column: 't' },
    { fn: 'max', column: 'b' },
    { fn: 'sum', expr: 'v * v + n' },
    { fn: 'approx_count_distinct', column: 'k' },
    { fn: 'approx_count_distinct', column: 'v' },
    { fn: 'approx_quantile', column: 'v', q: 0.25 },
  ),
  { minLength: 1, maxLength: 3, selector: ({ fn, column, expr }) => `${fn}(${column ?? expr})` },
);

const columnGroups: fc.Arbitrary<GroupBySpec> = fc.constantFrom<GroupBySpec>(
  { columns: ['k'] },
  { columns: ['k', 'n'] },
  { columns: ['b', 'v'] },
  { columns: [] },
  { cube: ['k', 'g'] },
  { rollup: ['k', 'g'] },
  { columns: ['b'], cube: ['k', 'n'] },
);
const windows = fc.constantFrom(
  { size: '5 seconds' },
  { size: '2.5 seconds', offset: '700 ms' },
  { size: '10 seconds', slide: '5 seconds' },
  { size: '5 seconds', slide: '2 seconds' },
);
const windowGroups = fc.tuple(columnGroups, windows).map(([group, window]) => ({ ...group, window }));

const before = fc.record(
  {
    where: maybe(where),
    dropDuplicates: maybe(fc.constantFrom(['k', 't'], ['k', 'n'], ['t'], ['k', 'v', 't']), 3),
  },
  { noNullPrototype: true },
);
const staticJoin = fc.constantFrom(
  { static: 'one', on: ['k'] },
  { static: 'one', on: ['k'], type: 'left' as const },
  { static: 'many', on: ['k', 'n'] },
  { static: 'many', on: ['k', 'n'], type: 'left' as const },
);
const watermark = delays.map((delay) => ({ column: 't', delay }));

const selections = fc.record(
  {
    withWatermark: maybe(watermark),
    join: maybe(staticJoin),
    select: maybe(
      fc.constantFrom(
        ['k', 't', { expr: 'v / n', as: 'ratio' }],
        [
          'k',
          { expr: 'abs(v) + sqrt(abs(n))', as: 'm' },
          { expr: "coalesce(g, 'none')", as: 'g' },
          { expr: 'if(v > 0, n, -1)', as: 'sign' },
        ],
        ['b', { expr: "concat(k, '-', upper(g))", as: 'name' }, { expr: 'length(k)', as: 'size' }],
      ),
    ),
    outputMode: fc.constantFrom('append' as const, 'update' as const),
  },
  { noNullPrototype: true },
);

const aggregations = fc.oneof(
  fc.record({
    groupBy: columnGroups,
    aggregate: aggregates,
    withWatermark: maybe(watermark),
    outputMode: fc.constantFrom('update' as const, 'complete' as const),
  }),
  fc.record({
    groupBy: windowGroups,
    aggregate: aggregates,
    withWatermark: watermark,
    outputMode: fc.constantFrom('append' as const, 'update' as const, 'complete' as const),
  }),
  fc.record({ groupBy: windowGroups, aggregate: aggregates, outputMode: fc.constant('complete' as const) }),
);

const joinedStreams = fc.record(
  {
    withWatermark: watermark,
    where: maybe(where),
    join: fc.record({
      stream: fc.record(
        { from: fc.constant('samples' as const), where: maybe(where), as: fc.constant('o') },
        { noNullPrototype: true },
      ),
      on: fc.constantFrom(['k'], ['k', 'b']),
      within: fc.constantFrom(
        { before: '0 seconds', after: '0 seconds' },
        { before: '1 second', after: '3 seconds' },
        { before: '2 seconds', after: '0 ms' },
      ),
      type: fc.constantFrom('inner' as const, 'left' as const),
    }),
    groupBy: maybe(fc.constantFrom({ window: { size: '5 seconds' }, columns: ['g', 'o.g'] })),
    outputMode: fc.constant('append' as const),
  },
  { noNullPrototype: true },
);

const defined = (spec: object): QuerySpec =>
  JSON.parse(JSON.stringify({ from: 'samples', ...spec })) as QuerySpec;

/** Queries over `random-stream.ts`: every operator but sessions. */
export const queries: fc.Arbitrary<QuerySpec> = fc.oneof(
  fc.tuple(before, selections).map((parts) => defined({ ...parts[0], ...parts[1] })),
  {
    weight: 3,
    arbitrary: fc.tuple(before, aggregations).map((parts) => defined({ ...parts[0], ...parts[1] })),
  },
  fc
    .tuple(before, staticJoin, aggregations)
    .map(([first, join, last]) => defined({ ...first, join, ...last })),
  joinedStreams.map(defined),
);

/** Queries with session windows. */
export const sessionQueries: fc.Arbitrary<QuerySpec> = fc
  .tuple(
    aggregates,
    fc.constantFrom(['k'], [], ['k', 'b']),
    fc.constantFrom('500 ms', '2 seconds'),
    maybe(where),
    fc.constantFrom('append', 'complete'),
  )
  .map(([aggregate, columns, session, condition, outputMode]) =>
    defined({
      where: condition,
      aggregate,
      groupBy: { window: { session }, columns },
      withWatermark: { column: 't', delay: '3 seconds' },
      outputMode,
    }),
  );
