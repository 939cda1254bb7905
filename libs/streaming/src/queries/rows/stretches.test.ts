import { expect, it } from 'vitest';
import { batchOf } from './row-batch-builder.js';
import { rowsOf } from './cells.js';
import { areSteady, cutByCodes } from './stretches.js';

const SCHEMA = [
  { name: 'user', type: 'string' },
  { name: 'gt', type: 'string' },
] as const;
const batch = batchOf(SCHEMA, [
  ['a', 'walk'],
  ['a', 'walk'],
  ['a', null],
  ['b', null],
  ['a', null],
  ['a', null],
]);
const both = new Set([0, 1]);

it('rows are cut wherever one of two texts changes, and each stretch is told by its first row', () => {
  const { ends, count, heads } = cutByCodes(batch, both, 0, 1);
  expect([...ends.subarray(0, count)]).toEqual([2, 3, 4, 6]);
  expect(rowsOf({ length: heads.length, schema: SCHEMA, column: (index) => heads.column(index) })).toEqual([
    ['a', 'walk'],
    ['a', null],
    ['b', null],
    ['a', null],
  ]);
});

it('no rows are no stretches', () => {
  expect(cutByCodes(batchOf(SCHEMA, []), both, 0, 1).count).toBe(0);
});

it('columns are steady when all of them are, and in none where nobody knows', () => {
  const stretches = cutByCodes(batch, new Set([0]), 0, 0);
  expect([areSteady(new Set([0]), stretches), areSteady(both, stretches)]).toEqual([true, false]);
  expect(areSteady(new Set(), null)).toBe(false);
});
