import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Majority, majority } from './majority.js';
import { NoChange, noChange } from './no-change.js';

describeClassifier(majority, { features: false });
describeClassifier(noChange, { features: false });

const x = Float64Array.of(0);

describe('the baselines', () => {
  it('majority says how often each class has come', () => {
    const classifier = new Majority(1);
    for (const label of ['sit', 'walk', 'sit', 'sit']) classifier.learn(x, label);
    expect([...classifier.predict(x)]).toEqual([0.75, 0.25]);
  });

  it('no-change says the last label', () => {
    const classifier = new NoChange(1);
    for (const label of ['sit', 'walk', 'bike', 'walk']) classifier.learn(x, label);
    expect([...classifier.predict(x)]).toEqual([0, 1, 0]);
  });
});
