import type { AggregateSpec, QuerySpec, SessionWindowSpec, SlidingWindowSpec } from '@hark/contracts';
import { AGGREGATE_FUNCTIONS } from '../aggregates/aggregate-functions.js';
import { bind, columnIndex } from '../expressions/bind.js';
import { boundColumn, isNumber } from '../expressions/bound.js';
import { parseExpression } from '../expressions/parse-expression.js';
import type { AggregateStep } from '../operators/grouped-aggregation.js';
import { cubeGroupings, rollupGroupings } from '../operators/grouping-sets.js';
import type { SlidingWindows } from '../operators/windows.js';
import { QuerySpecError } from '../query-spec-error.js';
import type { ColumnSchema } from '../rows/value.js';
import { allOf } from './compile-join.js';
import { timeColumn } from './compile-time.js';
import { conditionsOf } from './conditions.js';
import { durationMs, positiveDurationMs } from './duration.js';
import { suggestion } from './nearest-name.js';
import type { AggregationStep, OrderStep, WatermarkStep } from './query-plan.js';

const MAX_WINDOWS_OF_A_ROW = 1000;
const MAX_CUBE_COLUMNS = 10;

/** An aggregation, and the columns of its result, those that tell results apart first. */
export interface CompiledAggregation {
  readonly step: AggregationStep;
  readonly schema: readonly ColumnSchema[];
  readonly keyColumns: readonly number[];
}

export function aggregates(spec: QuerySpec): boolean {
  return spec.groupBy !== undefined || spec.aggregate !== undefined;
}

/** @param schema the columns before the aggregation. */
export function compileAggregation(
  spec: QuerySpec,
  schema: readonly ColumnSchema[],
  watermark: WatermarkStep | null,
): CompiledAggregation {
  const { groupBy = {}, aggregate = [{ fn: 'count' }], outputMode: mode = 'append' } = spec;
  const { cube, rollup, columns = [], window } = groupBy;
  if (cube !== undefined && rollup !== undefined) {
    throw new QuerySpecError('groupBy', 'cube_or_rollup', 'groupBy has a cube or a rollup, not both');
  }
  const multi = cube ?? rollup;
  const isSession = window !== undefined && 'session' in window;
  if (isSession && multi !== undefined) {
    throw new QuerySpecError(
      'groupBy.window',
      'session_with_columns',
      'sessions are grouped by columns alone',
    );
  }
  if (multi !== undefined && (multi.length === 0 || multi.length > MAX_CUBE_COLUMNS)) {
    const field = cube === undefined ? 'groupBy.rollup' : 'groupBy.cube';
    throw new QuerySpecError(field, 'number_of_columns', `it takes 1 to ${MAX_CUBE_COLUMNS} columns`);
  }
  const keyNames = [
    ...columns.map((name, i) => ({ name, field: `groupBy.columns[${i}]` })),
    ...(cube ?? []).map((name, i) => ({ name, field: `groupBy.cube[${i}]` })),
    ...(rollup ?? []).map((name, i) => ({ name, field: `groupBy.rollup[${i}]` })),
  ];
  const keys = keyNames.map(({ name, field }) => {
    const index = columnIndex(name, schema, field);
    return { name, bound: boundColumn(schema[index].type, index) };
  });
  const steps = aggregate.map((each, i) => compileAggregate(each, schema, `aggregate[${i}]`));
  const keySchema: ColumnSchema[] = [
    ...(window === undefined
      ? []
      : (['window.start', 'window.end'] as const).map((name) => ({ name, type: 'timestamp' as const }))),
    ...keys.map(({ name, bound }) => ({ name, type: bound.type })),
    ...(multi === undefined ? [] : [{ name: 'grouping_id', type: 'long' as const }]),
  ];
  const result = [...keySchema, ...steps.map(({ name, type }) => ({ name, type }))];
  checkNames(result);
  const time = () => {
    const index = timeColumn(watermark, schema);
    return boundColumn('timestamp', index);
  };
  return {
    schema: result,
    keyColumns: keySchema.map((_, index) => index),
    step: {
      grouping: {
        keys: keys.map(({ bound }) => bound),
        groupings:
          cube !== undefined
            ? cubeGroupings(cube.length)
            : rollup !== undefined
              ? rollupGroupings(rollup.length)
              : null,
        aggregates: steps.map(({ step }) => step),
        mode,
        closes: window !== undefined && watermark !== null && mode !== 'complete',
      },
      window:
        window === undefined || isSession
          ? null
          : { time: time(), windows: compileWindows(window as SlidingWindowSpec) },
      session: isSession
        ? {
            time: time(),
            gapMs: positiveDurationMs((window as SessionWindowSpec).session, 'groupBy.window.session'),
          }
        : null,
      ...compileResult(spec, result),
    },
  };
}

/** What is done to the results before they go out. */
function compileResult(spec: QuerySpec, schema: readonly ColumnSchema[]) {
  const having = conditionsOf(spec.having, 'having').map(({ expression, field }) =>
    bind(expression, schema, field),
  );
  const order = (spec.orderBy ?? []).map(({ column, descending = false }, i): OrderStep => ({
    column: columnIndex(column, schema, `orderBy[${i}].column`),
    descending,
  }));
  return { having: allOf(having), order, limit: spec.limit ?? Infinity };
}

function compileWindows({ size, slide = size, offset = '0 seconds' }: SlidingWindowSpec): SlidingWindows {
  const sizeMs = positiveDurationMs(size, 'groupBy.window.size');
  const slideMs = positiveDurationMs(slide, 'groupBy.window.slide');
  const offsetMs = durationMs(offset, 'groupBy.window.offset') % slideMs;
  if (slideMs > sizeMs) {
    throw new QuerySpecError(
      'groupBy.window.slide',
      'slide_within_size',
      `windows of ${size} every ${slide} would leave rows out: the slide is the size at most`,
    );
  }
  if (sizeMs / slideMs > MAX_WINDOWS_OF_A_ROW) {
    throw new QuerySpecError(
      'groupBy.window.slide',
      'too_many_windows',
      `a row would be in ${Math.ceil(sizeMs / slideMs)} windows; ${MAX_WINDOWS_OF_A_ROW} are allowed`,
    );
  }
  return { sizeMs, slideMs, offsetMs };
}

const SPELLINGS: Readonly<Record<string, string>> = {
  mean: 'avg',
  stddev_samp: 'stddev',
  percentile_approx: 'approx_quantile',
  approx_percentile: 'approx_quantile',
};

function compileAggregate(
  spec: AggregateSpec,
  schema: readonly ColumnSchema[],
  field: string,
): { readonly name: string; readonly type: ColumnSchema['type']; readonly step: AggregateStep } {
  const fn = SPELLINGS[spec.fn] ?? spec.fn;
  if (!Object.hasOwn(AGGREGATE_FUNCTIONS, fn)) {
    throw new QuerySpecError(
      `${field}.fn`,
      'unknown_function',
      `there is no aggregate function ${spec.fn}${suggestion(spec.fn, Object.keys(AGGREGATE_FUNCTIONS))}`,
    );
  }
  const { takes, make } = AGGREGATE_FUNCTIONS[fn];
  const { expr, q } = spec;
  const column = spec.column === '*' && fn === 'count' ? undefined : spec.column;
  if (
    (column !== undefined && expr !== undefined) ||
    (column === undefined && expr === undefined && fn !== 'count')
  ) {
    throw new QuerySpecError(field, 'aggregate_input', `${fn} takes a column or an expr`);
  }
  if ((q !== undefined) !== (fn === 'approx_quantile') || (q !== undefined && !(q >= 0 && q <= 1))) {
    throw new QuerySpecError(
      `${field}.q`,
      'quantile_range',
      'approx_quantile, and it alone, takes q from 0 to 1',
    );
  }
  const input =
    column !== undefined
      ? columnOf(column, schema, `${field}.column`)
      : expr !== undefined
        ? bind(parseExpression(expr, `${field}.expr`), schema, `${field}.expr`)
        : null;
  if (input !== null && takes === 'numbers' && !isNumber(input)) {
    throw new QuerySpecError(
      field,
      'operand_type',
      `${fn} takes numbers; ${column ?? expr} is a ${input.type}`,
    );
  }
  const type = input?.type ?? 'long';
  const of = column ?? expr;
  const name = spec.as ?? (of === undefined ? fn : `${spec.fn}(${of}${q === undefined ? '' : `, ${q}`})`);
  const isIdempotent = fn === 'min' || fn === 'max';
  return {
    name,
    type: make(type, q ?? 0).type,
    step: { make: () => make(type, q ?? 0), input, isIdempotent },
  };
}

function columnOf(name: string, schema: readonly ColumnSchema[], field: string) {
  const index = columnIndex(name, schema, field);
  return boundColumn(schema[index].type, index);
}

/** @throws QuerySpecError when two columns have one name. */
export function checkNames(schema: readonly ColumnSchema[]): void {
  const names = new Set<string>();
  for (const { name } of schema) {
    if (names.has(name)) {
      throw new QuerySpecError(
        'select',
        'duplicate_name',
        `two columns of the result are named ${name}: use as`,
      );
    }
    names.add(name);
  }
}
