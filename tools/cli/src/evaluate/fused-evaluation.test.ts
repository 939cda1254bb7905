import type { Prediction } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { FusedEvaluation } from './fused-evaluation.js';

function prediction(device: string, i: number, walk: number, user = 'ann'): Prediction {
  const start = 1_424_696_632_320 + 1280 * i;
  return {
    ...{ user, device: `${device}_1`, model: device, final: true, label: 'walk' },
    window: { start: new Date(start).toISOString(), end: new Date(start + 2560).toISOString() },
    probabilities: { walk, sit: 1 - walk },
  } as unknown as Prediction;
}

describe('the evaluation of what a user wears', () => {
  it('scores devices together and alone on the windows that several answered', () => {
    const evaluation = new FusedEvaluation();
    evaluation.add(prediction('phone', 0, 0.1), 0, false);
    // Of no time that the phone has a window of, but from here on there are two.
    evaluation.add(prediction('watch', -2, 0.1), 0, false);
    [0.9, 0.6, 0.4].forEach((p, i) => evaluation.add(prediction('phone', i + 1, p), 0, false));
    [0.3, 0.1, 0.7].forEach((p, i) => evaluation.add(prediction('watch', i + 1, p), 0, false));
    evaluation.add(prediction('phone', 1, 0, 'bob'), 0, false);
    expect(evaluation.report()).toEqual({
      windows: 3,
      accuracy: 2 / 3,
      alone: [
        { model: 'phone', windows: 3, accuracy: 2 / 3, together: expect.any(Object) },
        { model: 'watch', windows: 3, accuracy: 1 / 3, together: expect.any(Object) },
      ],
    });
    expect(evaluation.report()?.alone.map(({ together }) => together)).toMatchObject([
      { windows: 3, bothRight: 1, onlyARight: 1, onlyBRight: 1, bothWrong: 0, difference: 0, pValue: 1 },
      { windows: 3, bothRight: 1, onlyARight: 0, onlyBRight: 1, bothWrong: 1, pValue: 1 },
    ]);
  });

  it('listens more to the device that has been right, where it is told what was', () => {
    const accuracy = (given: boolean) => {
      const evaluation = new FusedEvaluation();
      for (let i = 0; i < 40; i++) {
        evaluation.add(prediction('phone', i, 0.8), 0, given);
        evaluation.add(prediction('watch', i, 0.1), 0, given);
      }
      return evaluation.report()?.accuracy;
    };
    expect(accuracy(false)).toBe(0);
    expect(accuracy(true)).toBeGreaterThan(0.9);
  });

  it('finds what is of the same time by the clock that devices have in common', () => {
    const evaluation = new FusedEvaluation();
    const hour = 2812.5;
    evaluation.add(prediction('phone', 0, 0.9), 0, true);
    evaluation.add(prediction('watch', hour, 0.6), -hour * 1280, true);
    expect(evaluation.report()).toMatchObject({ windows: 1, accuracy: 1 });
  });

  it('says that nothing is of the same time, and nothing at all where nobody has two devices', () => {
    const evaluation = new FusedEvaluation();
    evaluation.add(prediction('phone', 0, 0.9), 0, true);
    evaluation.add(prediction('phone', 0, 0.9, 'bob'), 0, true);
    expect(evaluation.report()).toBeNull();
    evaluation.add(prediction('watch', 100, 0.9), 0, true);
    expect(evaluation.report()).toEqual({ windows: 0, accuracy: null, alone: [] });
  });
});
