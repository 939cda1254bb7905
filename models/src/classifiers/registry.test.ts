import { StateFormatError } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import type { ClassifierFactory } from '../classifier.js';
import { Majority, majority } from './majority.js';
import {
  CLASSIFIER_NAMES,
  CLASSIFIER_SUMMARIES,
  DEFAULT_CLASSIFIER,
  UnknownClassifierError,
  classifierByName,
  restoreClassifier,
} from './registry.js';

const brought: ClassifierFactory = {
  name: 'brought-along',
  create: ({ dimensions }) => new Majority(dimensions),
  restore: majority.restore,
};

describe('the registry', () => {
  it('finds each classifier by its name', () => {
    expect(CLASSIFIER_NAMES).toEqual([
      'ensemble',
      'rls',
      'ridge',
      'lda',
      'softmax',
      'gnb',
      'hoeffding',
      'majority',
      'no-change',
    ]);
    expect(DEFAULT_CLASSIFIER).toBe('ensemble');
    for (const name of CLASSIFIER_NAMES) {
      expect(classifierByName(name).name).toBe(name);
      expect(classifierByName(name).create({ dimensions: 1, seed: 1 }).name).toBe(name);
    }
  });

  it('says of each what it is, in a line', () => {
    expect(Object.keys(CLASSIFIER_SUMMARIES)).toEqual(CLASSIFIER_NAMES);
    for (const summary of Object.values(CLASSIFIER_SUMMARIES)) expect(summary).toMatch(/^[^\n]{10,80}$/);
  });

  it('refuses a name that is none', () => {
    expect(() => classifierByName('svm')).toThrow(UnknownClassifierError);
    expect(() => classifierByName('svm')).toThrow(
      'no classifier "svm"; there are ensemble, rls, ridge, lda, softmax, gnb, hoeffding, majority, no-change',
    );
  });

  it('knows what an app brings along, and not by itself', () => {
    expect(classifierByName('brought-along', [brought])).toBe(brought);
    expect(() => classifierByName('brought-along')).toThrow(UnknownClassifierError);
    expect(() => classifierByName('svm', [brought])).toThrow('no-change, brought-along');
  });

  it('restores a state by the name of its classifier', () => {
    for (const name of CLASSIFIER_NAMES) {
      const classifier = classifierByName(name).create({ dimensions: 1, seed: 1 });
      classifier.learn(Float64Array.of(1), 'walk');
      const restored = restoreClassifier(name, classifier.snapshot());
      expect(restored.name).toBe(name);
      expect(restored.classes).toEqual(['walk']);
      const another = name === 'rls' ? 'lda' : 'rls';
      expect(() => restoreClassifier(another, classifier.snapshot())).toThrow(StateFormatError);
    }
  });
});
