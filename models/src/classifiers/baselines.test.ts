import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Majority, majority } from './majority.js';
import { NoChange, noChange } from './no-change.js';
import {
  CLASSIFIER_NAMES,
  DEFAULT_CLASSIFIER,
  UnknownClassifierError,
  classifierByName,
} from './registry.js';

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

describe('the registry', () => {
  it('finds each classifier by its name', () => {
    expect(CLASSIFIER_NAMES).toEqual(['rls', 'majority', 'no-change']);
    expect(DEFAULT_CLASSIFIER).toBe('rls');
    for (const name of CLASSIFIER_NAMES) expect(classifierByName(name).name).toBe(name);
  });

  it('refuses a name that is none', () => {
    expect(() => classifierByName('svm')).toThrow(UnknownClassifierError);
    expect(() => classifierByName('svm')).toThrow('no classifier "svm"; there are rls, majority, no-change');
  });
});
