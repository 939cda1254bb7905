import { describe, expect, it } from 'vitest';
import { batchOf } from '../rows/row-batch-builder.js';
import { cellOf } from '../rows/cells.js';
import type { Row, Value } from '../rows/value.js';
import { bind } from './bind.js';
import { likeTest } from './like.js';
import { parseExpression } from './parse-expression.js';

const SCHEMA = [
  { name: 's', type: 'string' },
  { name: 'r', type: 'string' },
  { name: 'x', type: 'double' },
  { name: 'n', type: 'long' },
  { name: 'big', type: 'long' },
  { name: 'b', type: 'boolean' },
  { name: 't', type: 'timestamp' },
  { name: 'avg(x)', type: 'double' },
] as const;
const ROW: Row = ['walk', 'up', 2.5, 7, 1_424_686_733_090_638_193n, true, 1_424_696_633_913_000_001n, 4];
const NULLS: Row = SCHEMA.map(() => null);

function valueOf(text: string, row: Row = ROW): Value {
  const batch = batchOf(SCHEMA, [row]);
  return cellOf(bind(parseExpression(text, 'select'), SCHEMA, 'select').evaluate(batch), 0);
}

describe('an expression', () => {
  it.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 2 - 3', 5],
    ['-x + 1', -1.5],
    ['- - x', 2.5],
    ['7 % 4 / 2', 1.5],
    ['-7 % 4', -3],
    ['n / 2', 3.5],
    ['x / 0', null],
    ['0 / 0', null],
    ['sqrt(-1)', null],
    ['exp(1000)', null],
    ['1e3 + .5', 1000.5],
    ['round(-2.5)', -3],
    ['round(2.5)', 3],
    ['floor(-1.5) + ceil(1.2)', 0],
    ['abs(-3) * sqrt(16)', 12],
    ['least(3, x, 9)', 2.5],
    ['greatest(x, null * 1)', 2.5],
    ['"avg(x)" * 2', 8],
    ['`avg(x)` > 3', true],
    ["concat(upper(s), '-', r)", 'WALK-up'],
    ['substring(s, 2, 2)', 'al'],
    ['length(s)', 4],
    ['coalesce(null, s)', 'walk'],
    ["if(x > 2, 'more', 'less')", 'more'],
    ['if(null, 1, 2)', 2],
    ['unix_millis(t) - 1424696633913 < 0.001', true],
    ['floor(unix_seconds(t))', 1_424_696_633],
    ["s = 'walk' and not r = 'down'", true],
    ["s = 'it''s'", false],
    ['x > 2 or null', true],
    ['x > 9 and null', false],
    ['x > 2 and null', null],
    ['not null = 1', null],
    ["s in ('sit', 'walk')", true],
    ["s not in ('sit', 'walk')", false],
    ["s in ('sit', null)", null],
    ["s like 'w%k' and s not like 'w_k'", true],
    ['n between 7 and 8', true],
    ['s is null', false],
    ['x is not null', true],
    ["big = '1424686733090638193'", true],
    ["big = '1424686733090638194'", false],
    ["t > '2015-02-23T13:03:53.913Z'", true],
    ["t = '1424696633913000001'", true],
    ['b = true', true],
    ['b', true],
    ['s < r', false],
  ])('%s is %s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    'x + 1',
    'x > 1',
    "s = 'a'",
    "s like '%'",
    'not b',
    'upper(s)',
    'n in (1, 2)',
    'unix_seconds(t)',
    'length(s)',
    'least(x, n)',
    "concat(s, 'a')",
    "t > '2015-01-01T00:00:00Z'",
  ])('%s is null of nulls', (text) => {
    expect(valueOf(text, NULLS)).toBeNull();
  });

  it('binds or looser than and, and not looser than a comparison', () => {
    expect(parseExpression('a or b and not c = 1', 'where')).toEqual({
      kind: 'call',
      fn: 'or',
      args: [
        { kind: 'column', name: 'a' },
        {
          kind: 'call',
          fn: 'and',
          args: [
            { kind: 'column', name: 'b' },
            {
              kind: 'call',
              fn: 'not',
              args: [
                {
                  kind: 'call',
                  fn: '=',
                  args: [
                    { kind: 'column', name: 'c' },
                    { kind: 'literal', value: 1 },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe('like', () => {
  it.each([
    ['', '', true],
    ['%', '', true],
    ['_', '', false],
    ['stairs%', 'stairsup', true],
    ['%stairs', 'stairsup', false],
    ['%a%b%', 'xxaxxbxx', true],
    ['a%b', 'acbcb', true],
    ['a_c', 'abc', true],
    ['a\\%', 'a%', true],
    ['a\\%', 'ab', false],
    ['.*', 'anything', false],
    ['_', '🚲', true],
  ])('%j of %j is %s', (pattern, text, result) => {
    expect(likeTest(pattern)(text)).toBe(result);
  });

  it('takes no longer than pattern times text', () => {
    expect(likeTest('%a'.repeat(60) + 'b')('a'.repeat(2000))).toBe(false);
  });
});
