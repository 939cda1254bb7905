import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { softmaxRegression } from './softmax-regression.js';

describeClassifier(softmaxRegression);

describe('softmax regression', () => {
  it('takes the step of Adam', () => {
    // A constant feature says nothing: what moves is the bias. First gradient 0, second ±0.5; t = 2:
    // m = 0.05 / (1 − 0.9²), v = 0.00025 / (1 − 0.999²), each bias moves by 0.003 · m / √v = 0.00223241.
    const classifier = softmaxRegression.create({ dimensions: 1, seed: 1 });
    const x = Float64Array.of(5);
    classifier.learn(x, 'a');
    classifier.learn(x, 'b');
    expect(classifier.predict(x)[1]).toBeCloseTo(1 / (1 + Math.exp(-2 * 0.00223241)), 8);
  });
});
