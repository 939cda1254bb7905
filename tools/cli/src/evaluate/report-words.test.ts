import { describe, expect, it } from 'vitest';
import { labelsGiven, pointsText, pValueText } from './report-words.js';

describe('the words of a report', () => {
  it.each([
    [{ every: 1, delayMs: 0 }, 'every label, at once'],
    [{ every: 2, delayMs: 0 }, 'every 2nd label, at once'],
    [{ every: 3, delayMs: 0 }, 'every 3rd label, at once'],
    [{ every: 10, delayMs: 1500 }, 'every 10th label, 1.5 s late'],
    [{ every: 12, delayMs: 0 }, 'every 12th label, at once'],
    [{ every: 21, delayMs: 0 }, 'every 21st label, at once'],
    [{ every: 112, delayMs: 0 }, 'every 112th label, at once'],
  ])('say which labels were learned: %j', (labels, words) => {
    expect(labelsGiven(labels)).toBe(words);
  });

  it('say a difference in points, with its sign', () => {
    expect([0.0125, 0, -0.793].map(pointsText)).toEqual(['+1.25 points', '0.00 points', '-79.30 points']);
  });

  it('say p-values to two digits, the least as a bound', () => {
    expect([1, 0.057373, 0.00033, 1e-85, 0].map(pValueText)).toEqual([
      '1.0',
      '0.057',
      '0.00033',
      '< 0.0001',
      '< 0.0001',
    ]);
  });
});
