import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { ConfusionMatrix } from './confusion-matrix.js';

/** Expected values from scikit-learn 1.9.1, golden/scores.py. */
const TRUTH = 'sit sit walk walk walk bike sit stand walk bike bike sit'.split(' ');
const PREDICTED = 'sit walk walk walk sit bike sit sit walk lie bike sit'.split(' ');

const matrix = () => {
  const made = new ConfusionMatrix();
  TRUTH.forEach((truth, i) => made.add(truth, PREDICTED[i]));
  return made;
};

describe('ConfusionMatrix', () => {
  it('has the accuracy, kappa and macro-F1 of scikit-learn', () => {
    const { windows, accuracy, kappa, macroF1 } = matrix().summary();
    expect(windows).toBe(12);
    expect(accuracy).toBeCloseTo(0.6666666666666666, 15);
    expect(kappa).toBeCloseTo(0.5294117647058824, 15);
    expect(macroF1).toBeCloseTo(0.44333333333333336, 15);
  });

  it('has the scores of each class of scikit-learn, in the order the classes appeared', () => {
    const expected: [string, number, number, number, number][] = [
      ['sit', 0.6, 0.75, 0.6666666666666666, 4],
      ['walk', 0.75, 0.75, 0.75, 4],
      ['bike', 1, 0.6666666666666666, 0.8, 3],
      ['stand', 0, 0, 0, 1],
      ['lie', 0, 0, 0, 0],
    ];
    expect(matrix().perClass()).toEqual(
      expected.map(([name, precision, recall, f1, support]) => ({
        class: name,
        precision,
        recall,
        f1: expect.closeTo(f1, 15) as number,
        support,
      })),
    );
  });

  it('counts by true and predicted class', () => {
    expect(matrix().at('sit', 'walk')).toBe(1);
    expect(matrix().at('walk', 'walk')).toBe(3);
    expect(matrix().at('run', 'walk')).toBe(0);
    expect(matrix().table()).toEqual({
      classes: ['sit', 'walk', 'bike', 'stand', 'lie'],
      counts: [
        [3, 1, 0, 0, 0],
        [1, 3, 0, 0, 0],
        [0, 0, 2, 0, 1],
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
      ],
    });
  });

  it('gives 0, never NaN, where there is nothing to divide by', () => {
    expect(new ConfusionMatrix().summary()).toEqual({ windows: 0, accuracy: 0, kappa: 0, macroF1: 0 });
    const one = new ConfusionMatrix();
    one.add('sit', 'sit');
    expect(one.summary()).toEqual({ windows: 1, accuracy: 1, kappa: 0, macroF1: 1 });
  });

  it('forgets what is removed, classes that are gone included', () => {
    const made = matrix();
    made.remove('bike', 'lie');
    made.remove('stand', 'sit');
    expect(made.count).toBe(10);
    expect(made.perClass().map((score) => score.class)).toEqual(['sit', 'walk', 'bike']);
  });

  it('is the same after a restore', () => {
    const state = new StateWriter('t', 1);
    matrix().write(state);
    expect(ConfusionMatrix.read(new StateReader(state.finish(), 't', 1))).toEqual(matrix());
  });
});
