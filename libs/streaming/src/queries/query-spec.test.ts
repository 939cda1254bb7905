import type { QuerySpec } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { QuerySpecError, compileQuery, planCompatibility, query, samplesRows, windowsRows } from './index.js';
import { STATICS } from './testing/random-stream.js';

const CATALOG = {
  sources: { samples: samplesRows, windows: windowsRows },
  statics: {
    ...STATICS,
    byModel: { name: 'byModel', schema: [{ name: 'Model', type: 'string' as const }], rows: [] },
  },
};

/** `field: rule` of the error, and its message. */
function refusal(spec: object): { readonly rule: string; readonly message: string } {
  try {
    compileQuery({ from: 'samples', ...spec } as QuerySpec, CATALOG);
  } catch (error) {
    if (!(error instanceof QuerySpecError)) throw error;
    return { rule: `${error.field}: ${error.rule}`, message: error.message };
  }
  throw new Error('the query was taken');
}

const watermark = { withWatermark: { column: 'event_time', delay: '10 seconds' } };
const windowed = { groupBy: { window: { size: '10 minutes' } } };
const gyro = {
  join: {
    stream: { from: 'samples', as: 'gyro' },
    on: ['User', 'Device'],
    within: { before: '20 ms', after: '20 ms' },
  },
};

describe('the table of output modes', () => {
  it.each([
    [
      'aggregation over no window in append',
      { groupBy: { columns: ['User'] } },
      'outputMode: append_needs_watermark',
    ],
    ['a window without a watermark in append', windowed, 'outputMode: append_needs_watermark'],
    ['no aggregation in complete', { outputMode: 'complete' }, 'outputMode: complete_needs_aggregation'],
    [
      'session windows in update',
      { ...watermark, groupBy: { window: { session: '5 seconds' } }, outputMode: 'update' },
      'outputMode: session_not_in_update',
    ],
    [
      'a join of streams in update',
      { ...watermark, ...gyro, outputMode: 'update' },
      'outputMode: stream_join_needs_append',
    ],
    [
      'a join of streams in complete',
      { ...watermark, ...gyro, ...windowed, outputMode: 'complete' },
      'outputMode: stream_join_needs_append',
    ],
    [
      'sorting in update',
      { groupBy: { columns: ['User'] }, orderBy: [{ column: 'count' }], outputMode: 'update' },
      'orderBy: order_needs_complete',
    ],
    ['a limit in append', { limit: 10 }, 'orderBy: order_needs_complete'],
  ])('refuses %s', (_, spec, rule) => {
    const refused = refusal(spec);
    expect(refused.rule).toBe(rule);
    expect(refused.message.length).toBeGreaterThan(20);
  });

  it.each([
    ['a selection', {}, ['append', 'update']],
    ['aggregation without a watermark', { groupBy: { columns: ['User'] } }, ['update', 'complete']],
    ['windows with a watermark', { ...watermark, ...windowed }, ['append', 'update', 'complete']],
    ['sessions', { ...watermark, groupBy: { window: { session: '5 seconds' } } }, ['append', 'complete']],
    ['a join of streams', { ...watermark, ...gyro }, ['append']],
  ])('takes %s', (_, spec, modes) => {
    for (const outputMode of modes) {
      expect(() =>
        compileQuery({ from: 'samples', ...spec, outputMode } as QuerySpec, CATALOG),
      ).not.toThrow();
    }
  });
});

describe('a query that can not be run', () => {
  it.each<[object, string, string]>([
    [{ from: 'sample' }, 'from: unknown_source', 'did you mean samples?'],
    [{ select: ['user'] }, 'select[0]: unknown_column', 'did you mean User?'],
    [{ where: [{ column: 'gtt', op: '=', value: 'walk' }] }, 'where[0]: unknown_column', 'did you mean gt?'],
    [
      { where: [{ column: 'gt', op: 'lke', value: 'walk' }] },
      'where[0].op: unknown_operator',
      'did you mean like?',
    ],
    [
      { where: [{ column: 'gt', op: 'in', value: 'walk' }] },
      'where[0].value: operator_value',
      'a list of values',
    ],
    [{ where: [{ column: 'gt', op: '=' }] }, 'where[0].value: operator_value', 'one value'],
    [{ where: [{ column: 'x', op: '>', value: 'walk' }] }, 'where[0]: operand_type', 'not double and string'],
    [{ where: 'gt like "%stairs%"' }, 'where: unknown_column', 'there is no column "%stairs%"'],
    [{ where: 'x +' }, 'where: expression_syntax', 'expected a value, found the end at character 4'],
    [{ where: 'x # 1' }, 'where: expression_syntax', '"#" at character 3'],
    [{ where: 'x' }, 'where: operand_type', 'a condition is true or false, not a double'],
    [{ where: 'sqr(x) > 1' }, 'where: unknown_function', 'did you mean sqrt?'],
    [{ where: '('.repeat(200) }, 'where: expression_too_deep', '100 levels'],
    [{ where: `x > ${'1'.repeat(5000)}` }, 'where: expression_too_long', '4000 characters'],
    [
      { select: [{ expr: 'gt * 2', as: 'y' }] },
      'select[0].expr: operand_type',
      '* takes 2 numbers, not string, double',
    ],
    [{ select: ['x', { expr: 'y', as: 'x' }] }, 'select: duplicate_name', 'named x'],
    [
      { withWatermark: { column: 'x', delay: '5 seconds' } },
      'withWatermark.column: watermark_needs_timestamp',
      'x is a double',
    ],
    [
      { withWatermark: { column: 'event_time', delay: 'soon' } },
      'withWatermark.delay: duration_syntax',
      '"soon"',
    ],
    [
      { ...watermark, groupBy: { window: { size: '0 seconds' } } },
      'groupBy.window.size: duration_not_positive',
      'longer',
    ],
    [
      { ...watermark, groupBy: { window: { size: '5 minutes', slide: '10 minutes' } } },
      'groupBy.window.slide: slide_within_size',
      'would leave rows out',
    ],
    [
      { ...watermark, groupBy: { window: { size: '1 day', slide: '1 second' } } },
      'groupBy.window.slide: too_many_windows',
      '86400 windows',
    ],
    [{ groupBy: { cube: ['gt'], rollup: ['Model'] } }, 'groupBy: cube_or_rollup', 'not both'],
    [
      { groupBy: { columns: ['User'] }, aggregate: [{ fn: 'average', column: 'x' }] },
      'aggregate[0].fn: unknown_function',
      'there is no aggregate function average',
    ],
    [{ aggregate: [{ fn: 'avg', column: 'gt' }] }, 'aggregate[0]: operand_type', 'gt is a string'],
    [{ aggregate: [{ fn: 'avg' }] }, 'aggregate[0]: aggregate_input', 'a column or an expr'],
    [
      { aggregate: [{ fn: 'approx_quantile', column: 'x', q: 2 }] },
      'aggregate[0].q: quantile_range',
      '0 to 1',
    ],
    [{ having: 'count > 1' }, 'having: having_needs_aggregation', 'goes in where'],
    [{ join: { static: 'byModle', on: ['Model'] } }, 'join.static: unknown_static', 'did you mean byModel?'],
    [gyro, 'withWatermark: stream_join_needs_watermark', 'for ever'],
  ])('is refused: %j', (spec, rule, message) => {
    const refused = refusal(spec);
    expect(refused.rule).toBe(rule);
    expect(refused.message).toContain(message);
  });
});

describe('the builder', () => {
  it('makes the spec that is written in JSON', () => {
    const built = query('samples')
      .withWatermark('event_time', '30 minutes')
      .where({ column: 'gt', op: 'like', value: '%stairs%' })
      .dropDuplicates('User', 'event_time')
      .joinStatic('byModel', ['Model'])
      .groupBy({ window: { size: '10 minutes', slide: '5 minutes' }, columns: ['User'] })
      .count()
      .avg('x')
      .outputMode('append');
    expect(built.spec()).toEqual({
      from: 'samples',
      withWatermark: { column: 'event_time', delay: '30 minutes' },
      where: [{ column: 'gt', op: 'like', value: '%stairs%' }],
      dropDuplicates: ['User', 'event_time'],
      join: { static: 'byModel', on: ['Model'], type: 'inner' },
      groupBy: { window: { size: '10 minutes', slide: '5 minutes' }, columns: ['User'] },
      aggregate: [
        { fn: 'count', as: 'count' },
        { fn: 'avg', column: 'x' },
      ],
      outputMode: 'append',
    });
    expect(built.compile(CATALOG).schema.map(({ name }) => name)).toEqual([
      'window.start',
      'window.end',
      'User',
      'count',
      'avg(x)',
    ]);
  });

  it('knows the columns of each topic, and those that are computed', () => {
    // @ts-expect-error windows have no x
    query('windows').avg('x');
    // @ts-expect-error the column is User
    query('samples').dropDuplicates('user');
    const computed = query('samples').select([], { size: 'sqrt(x * x + y * y + z * z)' }).max('size');
    expect(computed.outputMode('complete').compile(CATALOG).schema).toEqual([
      { name: 'max(size)', type: 'double' },
    ]);
  });
});

describe('a query that goes on as another', () => {
  const plan = (spec: object) => compileQuery({ from: 'samples', ...spec } as QuerySpec, CATALOG);
  const before = { ...watermark, ...windowed, outputMode: 'update' };

  it.each([
    ['another condition', { ...before, where: 'x > 1' }],
    ['another delay', { ...before, withWatermark: { column: 'event_time', delay: '1 minute' } }],
    ['append in place of update', { ...before, outputMode: 'append' }],
    ['other names of results', { ...before, aggregate: [{ fn: 'count', as: 'rows' }] }],
  ])('keeps its state with %s', (_, next) => {
    expect(planCompatibility(plan(before), plan(next))).toEqual({ compatible: true });
  });

  it.each([
    ['groupBy', { ...before, groupBy: { window: { size: '5 minutes' } } }],
    ['aggregate', { ...before, aggregate: [{ fn: 'avg', column: 'x' }] }],
    ['dropDuplicates', { ...before, dropDuplicates: ['User', 'event_time'] }],
    ['outputMode', { ...before, outputMode: 'complete' }],
    ['from', { ...before, from: 'windows' }],
  ])('can not with another %s, and says what to do', (part, next) => {
    const answer = planCompatibility(plan(before), plan(next));
    expect(answer).toMatchObject({ compatible: false, whatToDo: expect.stringContaining('another name') });
    expect(answer.compatible ? '' : answer.reason).toContain(`${part}: `);
  });
});
