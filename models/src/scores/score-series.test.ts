import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfusionMatrix } from './confusion-matrix.js';
import { ScoreSeries } from './score-series.js';

type Window = readonly [truth: string, predicted: string, noChange: boolean, majority: boolean];

const seriesOf = (windows: readonly Window[], span: number, mostPoints: number) => {
  const series = new ScoreSeries(span, mostPoints);
  for (const window of windows) series.add(...window);
  return series.report();
};

/** Scores of the last `span` of these windows, computed afresh. */
function naive(windows: readonly Window[], span: number) {
  const last = windows.slice(-span);
  const matrix = new ConfusionMatrix();
  for (const [truth, predicted] of last) matrix.add(truth, predicted);
  const share = (right: (window: Window) => boolean) => last.filter(right).length / last.length;
  const [noChange, majority] = [share((w) => w[2]), share((w) => w[3])];
  const kappaTemporal = noChange === 1 ? 0 : (matrix.accuracy - noChange) / (1 - noChange);
  return { accuracy: matrix.accuracy, kappa: matrix.kappa, kappaTemporal, noChange, majority };
}

describe('ScoreSeries', () => {
  const activity = fc.constantFrom('sit', 'walk', 'bike');
  const window = fc.tuple(activity, activity, fc.boolean(), fc.boolean());

  it('has at each of its points the scores of the last windows', () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 120 }), (windows) => {
        const series = seriesOf(windows, 10, 16);
        series.at.forEach((at, i) => {
          const expected = naive(windows.slice(0, at), 10);
          expect(series.accuracy[i]).toBe(expected.accuracy);
          expect(series.kappa[i]).toBeCloseTo(expected.kappa, 12);
          expect(series.kappaTemporal[i]).toBe(expected.kappaTemporal);
          expect(series.noChange[i]).toBe(expected.noChange);
          expect(series.majority[i]).toBe(expected.majority);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is thinned as it grows, evenly, and always ends at the last window', () => {
    const walk: Window = ['walk', 'walk', true, true];
    expect(seriesOf(Array<Window>(7).fill(walk), 5, 8).at).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(seriesOf(Array<Window>(9).fill(walk), 5, 8).at).toEqual([2, 4, 6, 8, 9]);
    expect(seriesOf(Array<Window>(33).fill(walk), 5, 8).at).toEqual([8, 16, 24, 32, 33]);
  });

  it('is empty of nothing', () => {
    expect(seriesOf([], 5, 8)).toMatchObject({ span: 5, at: [], accuracy: [], kappaTemporal: [] });
  });
});
