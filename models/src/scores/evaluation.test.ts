import { describe, expect, it } from 'vitest';
import type { Prediction } from '@hark/contracts';
import { Evaluation } from './evaluation.js';

function prediction(
  i: number,
  activity: string | null,
  label: string | null,
  change: Partial<Prediction> = {},
): Prediction {
  const start = 2560 * 1000 + 1280 * i;
  return {
    kind: 'prediction',
    id: `ann/phone/${start}`,
    user: 'ann',
    device: 'phone',
    model: 'nexus4',
    window: {
      start: new Date(start).toISOString(),
      end: new Date(start + 2560).toISOString(),
      startNs: `${start}000000`,
    },
    activity: activity ?? 'unknown',
    confidence: activity === null ? 0 : 0.6,
    probabilities: activity === null ? {} : { other: 0.4, [activity]: 0.6 },
    modelVersion: 1,
    state: activity === null ? 'unknown' : 'ok',
    reason: activity === null ? 'no_data' : null,
    revision: 1,
    final: true,
    label,
    samples: { accelerometer: 256, gyroscope: 256, late: 0, duplicates: 0 },
    receivedMs: 0,
    ...change,
  };
}

const evaluate = (...predictions: Prediction[]) => {
  const evaluation = new Evaluation();
  for (const each of predictions) evaluation.add(each);
  return evaluation.report();
};

describe('Evaluation', () => {
  it('scores final, labelled windows that have an answer', () => {
    const report = evaluate(
      prediction(0, null, 'sit'),
      prediction(1, 'sit', 'sit', { final: false }),
      prediction(1, 'sit', 'sit'),
      prediction(2, 'walk', 'sit'),
      prediction(3, 'walk', null),
      prediction(4, 'walk', 'walk'),
      prediction(5, 'walk', 'walk'),
    );
    expect(report).toMatchObject({ windows: 6, labelled: 5, unanswered: 1, accuracy: 0.75 });
    expect(report.kappa).toBeCloseTo(0.5, 12);
    expect(report.confusion).toEqual({
      classes: ['sit', 'walk'],
      counts: [
        [1, 1],
        [0, 2],
      ],
    });
    expect(report.perClass.map((score) => score.class)).toEqual(['sit', 'walk']);
  });

  it('scores windows that do not overlap apart', () => {
    const report = evaluate(
      prediction(0, 'sit', 'sit'),
      prediction(1, 'walk', 'sit'),
      prediction(2, 'sit', 'sit'),
      prediction(3, 'walk', 'sit'),
    );
    expect(report.nonOverlapping).toMatchObject({ windows: 2, accuracy: 1 });
    expect(report.accuracy).toBe(0.5);
  });

  it('scores the most probable activity where confidence was too low to say it', () => {
    const shy = prediction(0, 'sit', 'sit', {
      activity: 'unknown',
      state: 'unknown',
      reason: 'low_confidence',
    });
    expect(evaluate(shy).accuracy).toBe(1);
  });

  it('scores the baselines on the same windows', () => {
    const labels = ['sit', 'sit', 'sit', 'walk', 'walk', 'sit', 'walk', 'walk'];
    const report = evaluate(...labels.map((label, i) => prediction(i, 'sit', label)));
    // sit: right at 1, 2, 5; and right by repeating at 1, 2, 4, 7.
    expect(report.baselines).toEqual({ majority: 3 / 8, noChange: 4 / 8 });
    expect(report.kappaTemporal).toBe(0);
  });

  it('reports each user and device', () => {
    const bob = { user: 'bob', device: 'watch' };
    const report = evaluate(
      prediction(0, 'sit', 'sit'),
      prediction(0, 'walk', 'sit', bob),
      prediction(1, 'sit', null),
      prediction(1, 'walk', 'walk', bob),
    );
    expect(report.segments).toEqual([
      { user: 'ann', device: 'phone', windows: 2, labelled: 1, accuracy: 1, kappa: 0, macroF1: 1 },
      expect.objectContaining({ user: 'bob', device: 'watch', windows: 2, labelled: 2, accuracy: 0.5 }),
    ]);
  });

  it('is all zeros, and no NaN, of nothing', () => {
    expect(JSON.stringify(evaluate())).not.toContain('null');
    expect(evaluate()).toMatchObject({ windows: 0, accuracy: 0, baselines: { majority: 0, noChange: 0 } });
  });
});
