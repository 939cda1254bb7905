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
    evaluation.add(prediction('phone', 0, 0.1), 0);
    [0.9, 0.6, 0.4].forEach((p, i) => evaluation.add(prediction('phone', i + 1, p), 0));
    [0.3, 0.1, 0.7].forEach((p, i) => evaluation.add(prediction('watch', i + 1, p), 0));
    evaluation.add(prediction('phone', 1, 0, 'bob'), 0);
    expect(evaluation.report()).toEqual({
      windows: 3,
      accuracy: 2 / 3,
      alone: [
        { model: 'phone', windows: 3, accuracy: 2 / 3 },
        { model: 'watch', windows: 3, accuracy: 1 / 3 },
      ],
    });
  });

  it('finds what is of the same time by the clock that devices have in common', () => {
    const evaluation = new FusedEvaluation();
    const hour = 2812.5;
    evaluation.add(prediction('phone', 0, 0.9), 0);
    evaluation.add(prediction('watch', hour, 0.6), -hour * 1280);
    expect(evaluation.report()).toMatchObject({ windows: 1, accuracy: 1 });
  });

  it('says that nothing is of the same time, and nothing at all where nobody has two devices', () => {
    const evaluation = new FusedEvaluation();
    evaluation.add(prediction('phone', 0, 0.9), 0);
    evaluation.add(prediction('phone', 0, 0.9, 'bob'), 0);
    expect(evaluation.report()).toBeNull();
    evaluation.add(prediction('watch', 100, 0.9), 0);
    expect(evaluation.report()).toEqual({ windows: 0, accuracy: null, alone: [] });
  });
});
