import { createHash } from 'node:crypto';
import type { Prediction } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { ReplayResult } from './replay-result.js';

const prediction = (fields: Partial<Prediction>): Prediction =>
  ({
    id: 'w1',
    activity: 'walk',
    modelVersion: 3,
    probabilities: { sit: 0.25, walk: 0.75 },
    label: null,
    ...fields,
  }) as Prediction;

function resultOf(...predictions: Partial<Prediction>[]): ReplayResult {
  const result = new ReplayResult(createHash('sha256'));
  for (const fields of predictions) result.add(prediction(fields));
  return result;
}

describe('the result of a replay', () => {
  it('has the SHA-256 over id, activity, version, names and bits of the probabilities as its digest', () => {
    const bytes = Buffer.from(new Float64Array([0.25, 0.75]).buffer);
    const naive = createHash('sha256')
      .update(Buffer.concat([Buffer.from('["w1","walk",3,["sit","walk"]]'), bytes]))
      .digest('hex');
    expect(resultOf({}).digest).toBe(naive);
    expect(resultOf({ label: 'sit' }).digest).toBe(naive);
  });

  it.each([
    { id: 'w2' },
    { activity: 'unknown' },
    { modelVersion: 4 },
    { probabilities: { sit: 0.25, walk: 0.7500000000000001 } },
  ])('has another digest for another answer: %j', (fields) => {
    expect(resultOf(fields).digest).not.toBe(resultOf({}).digest);
  });

  it('scores the most probable of the labelled and answered alone', () => {
    const result = resultOf(
      { label: 'walk', activity: 'unknown' },
      { label: 'sit' },
      { label: 'sit', probabilities: {} },
      {},
    );
    expect([result.predictions, result.labelled, result.unanswered, result.accuracy]).toEqual([4, 3, 1, 0.5]);
    expect(resultOf({ label: 'sit', probabilities: {} }).accuracy).toBe(null);
  });
});
