import { expect, it } from 'vitest';
import { VersionMarks } from './version-marks.js';

it('a version is marked from its first window on, and a rollback as one', () => {
  const marks = new VersionMarks();
  [1, 1, 2, 2, 3, 1, 1].forEach((version, index) => marks.seen(version, 1000 * index));
  expect(marks.between(1000, 9000)).toEqual([
    { version: 2, fromMs: 2000, isBack: false },
    { version: 3, fromMs: 4000, isBack: false },
    { version: 1, fromMs: 5000, isBack: true },
  ]);
  expect(marks.current).toBe(1);
});
