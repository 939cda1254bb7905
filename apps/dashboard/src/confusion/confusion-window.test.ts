import { expect, it } from 'vitest';
import { ConfusionWindow } from './confusion-window.js';

it('counts the newest windows by what was done and said, and forgets the oldest', () => {
  const confusion = new ConfusionWindow(3);
  for (const [truth, said] of [
    [1, 1],
    [1, 2],
    [2, 2],
    [1, 1],
  ] as const)
    confusion.add(truth, said);
  expect(confusion.size).toBe(3);
  expect([confusion.at(1, 1), confusion.at(1, 2), confusion.at(2, 2), confusion.of(1)]).toEqual([1, 1, 1, 2]);
  expect([confusion.recall(1), confusion.recall(2), confusion.recall(3)]).toEqual([0.5, 1, null]);
});
