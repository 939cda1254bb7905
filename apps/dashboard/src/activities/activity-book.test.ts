import { expect, it } from 'vitest';
import { ActivityBook } from './activity-book.js';

it('activities have small numbers: the usual ones always the same, others as they come, none for no answer', () => {
  const book = new ActivityBook();
  expect(['sit', 'bike', 'rowing', 'rowing', 'unknown', null].map((name) => book.codeOf(name))).toEqual([
    1, 6, 7, 7, 0, 0,
  ]);
  expect([5, 7, 0].map((code) => book.wordOf(code))).toEqual(['stairs down', 'rowing', 'no answer']);
  expect(book.all).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
