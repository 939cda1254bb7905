import { describe, expect, it } from 'vitest';
import type { Prediction } from '@hark/contracts';
import { Evaluation } from './evaluation.js';
import type { PartReport } from './part-scores.js';

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

  it('says of each prediction whether it was right, and nothing of those it does not score', () => {
    const evaluation = new Evaluation();
    const said = [
      prediction(0, null, 'sit'),
      prediction(1, 'sit', 'sit', { final: false }),
      prediction(1, 'sit', 'sit'),
      prediction(2, 'walk', 'sit'),
      prediction(3, 'walk', null),
    ].map((each) => evaluation.add(each));
    expect(said).toEqual([null, null, true, false, null]);
    expect(evaluation.scored).toBe(2);
  });

  it('reports each segment, user, device and model of device', () => {
    const bob = { user: 'bob', device: 'phone' };
    const watch = { user: 'bob', device: 'watch', model: 'gear' };
    const report = evaluate(
      prediction(0, 'sit', 'sit'),
      prediction(0, 'walk', 'sit', bob),
      prediction(1, 'sit', null),
      prediction(1, 'walk', 'walk', bob),
      prediction(1, 'walk', 'walk', watch),
      prediction(2, 'walk', 'walk', watch),
    );
    const shown = ({ windows, labelled, accuracy }: PartReport) => [windows, labelled, accuracy];
    expect(report.segments.map((each) => [each.user, each.device, each.model, ...shown(each)])).toEqual([
      ['ann', 'phone', 'nexus4', 2, 1, 1],
      ['bob', 'phone', 'nexus4', 2, 2, 0.5],
      ['bob', 'watch', 'gear', 2, 2, 1],
    ]);
    expect(report.perUser.map((each) => [each.user, ...shown(each)])).toEqual([
      ['ann', 2, 1, 1],
      ['bob', 4, 4, 0.75],
    ]);
    expect(report.perDevice.map((each) => [each.device, ...shown(each)])).toEqual([
      ['phone', 4, 3, 2 / 3],
      ['watch', 2, 2, 1],
    ]);
    expect(report.perModel.map((each) => [each.model, ...shown(each)])).toEqual([
      ['nexus4', 4, 3, 2 / 3],
      ['gear', 2, 2, 1],
    ]);
  });

  it('scores the baselines of a part on its own windows', () => {
    const bob = { user: 'bob' };
    const { perUser } = evaluate(
      prediction(0, 'sit', 'sit'),
      prediction(0, 'walk', 'walk', bob),
      prediction(1, 'sit', 'sit'),
      prediction(1, 'walk', 'walk', bob),
    );
    expect(perUser.map(({ baselines }) => baselines)).toEqual([
      { majority: 0.5, noChange: 0.5 },
      { majority: 0.5, noChange: 0.5 },
    ]);
  });

  it('compares confidence with accuracy, and shows how the scores went', () => {
    const { calibration, ece, series } = evaluate(
      prediction(0, 'sit', 'sit'),
      prediction(1, 'sit', 'walk'),
      prediction(2, 'sit', 'sit'),
    );
    // Confidence is 0.6 throughout; the others' 0.4 stand at a class of their own.
    expect(ece).toBeCloseTo(2 / 3 - 0.6, 14);
    expect(calibration.brier).toBeCloseTo((2 * 0.32 + 1.52) / 3, 14);
    expect(series).toMatchObject({
      at: [1, 2, 3],
      accuracy: [1, 0.5, 2 / 3],
      noChange: [0, 0, 0],
      majority: [0, 0, 1 / 3],
    });
  });

  it('is all zeros, and no NaN, of nothing', () => {
    expect(JSON.stringify(evaluate())).not.toContain('null');
    expect(evaluate()).toMatchObject({ windows: 0, accuracy: 0, baselines: { majority: 0, noChange: 0 } });
  });
});
