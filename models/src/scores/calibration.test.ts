import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { Calibration } from './calibration.js';

const of = (...windows: [probabilities: number[], predicted: number, truth: number][]) => {
  const calibration = new Calibration();
  for (const [probabilities, predicted, truth] of windows) calibration.add(probabilities, predicted, truth);
  return calibration;
};

/** Five windows at 0.9, four of them right; three at 0.6, one right. */
const HAND_MADE: [number[], number, number][] = [
  ...Array.from({ length: 4 }, (): [number[], number, number] => [[0.9, 0.1], 0, 0]),
  [[0.9, 0.1], 0, 1],
  [[0.4, 0.6], 1, 1],
  [[0.4, 0.6], 1, 0],
  [[0.4, 0.6], 1, 0],
];

describe('Calibration', () => {
  it('has the expected and the maximum calibration error of a case worked by hand', () => {
    const { ece, mce } = of(...HAND_MADE).report();
    // 5/8 · |0.8 − 0.9| + 3/8 · |1/3 − 0.6|
    expect(ece).toBeCloseTo(0.1625, 14);
    expect(mce).toBeCloseTo(0.6 - 1 / 3, 14);
  });

  it('has the Brier score of scikit-learn', () => {
    // scikit-learn 1.9.1: brier_score_loss([0,1,2,2], [[.7,.2,.1],[.1,.6,.3],[.2,.5,.3],[0,.1,.9]], scale_by_half=False)
    const windows: [number[], number, number][] = [
      [[0.7, 0.2, 0.1], 0, 0],
      [[0.1, 0.6, 0.3], 1, 1],
      [[0.2, 0.5, 0.3], 1, 2],
      [[0, 0.1, 0.9], 2, 2],
    ];
    expect(of(...windows).report().brier).toBeCloseTo(0.30000000000000004, 14);
  });

  it('counts a class without a probability yet as a wholly missed one', () => {
    expect(of([[1], 0, -1]).report()).toMatchObject({ ece: 1, mce: 1, brier: 2 });
  });

  it('has bins that are open below and closed above, and keeps 0 and 1', () => {
    const bins = (confidence: number) =>
      of([[confidence], 0, 0])
        .report()
        .bins.flatMap(({ windows }, bin) => (windows === 0 ? [] : [bin]));
    expect([0, 0.01, 0.2, 0.2000001, 1, 1.0000000000000002].map(bins)).toEqual([
      [0],
      [0],
      [2],
      [3],
      [14],
      [14],
    ]);
  });

  it('shows the mean confidence and the accuracy of each bin', () => {
    const shown = of(...HAND_MADE)
      .report()
      .bins.filter(({ windows }) => windows > 0);
    expect(shown).toEqual([
      {
        ...{ from: 8 / 15, to: 9 / 15, windows: 3 },
        confidence: expect.closeTo(0.6, 14) as number,
        accuracy: 1 / 3,
      },
      { from: 13 / 15, to: 14 / 15, windows: 5, confidence: 0.9, accuracy: 0.8 },
    ]);
  });

  it('is all zeros, and no NaN, of nothing', () => {
    const { bins, ...errors } = of().report();
    expect(errors).toEqual({ ece: 0, mce: 0, brier: 0 });
    expect(bins).toHaveLength(15);
    expect(JSON.stringify(bins)).not.toContain('null');
  });

  it('is the same after a restore', () => {
    const state = new StateWriter('t', 1);
    of(...HAND_MADE).write(state);
    expect(Calibration.read(new StateReader(state.finish(), 't', 1))).toEqual(of(...HAND_MADE));
  });
});
