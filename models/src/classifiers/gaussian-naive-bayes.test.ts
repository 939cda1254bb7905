import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { ClassGaussians } from './class-gaussians.js';
import { gaussianNaiveBayes } from './gaussian-naive-bayes.js';

describeClassifier(gaussianNaiveBayes);

describe('ClassGaussians', () => {
  const add = (values: readonly (readonly [number, number])[]) => {
    const gaussians = new ClassGaussians(1);
    for (const [value, target] of values) gaussians.add(Float64Array.of(value), target);
    return gaussians;
  };
  const logJoint = (gaussians: ClassGaussians, x: number[], count: number) => {
    const logs = new Float64Array(count);
    gaussians.logJoint(Float64Array.from(x), logs, count);
    return [...logs];
  };

  it('counts the spread within all classes as three more windows of each', () => {
    // Squares 2 and 0 about the means 2 and 7, over three windows: 2/3 in all.
    const gaussians = add([
      [1, 0],
      [3, 0],
      [7, 1],
    ]);
    expect(gaussians.variance(0, 0)).toBeCloseTo((2 + 3 * (2 / 3)) / 5, 14);
    expect(gaussians.variance(1, 0)).toBeCloseTo((0 + 3 * (2 / 3)) / 4, 14);
    const [first, second] = logJoint(gaussians, [4], 2);
    expect(first).toBeCloseTo(Math.log(2) - 0.5 * (Math.log(0.8) + 4 / 0.8), 13);
    expect(second).toBeCloseTo(0 - 0.5 * (Math.log(0.5) + 9 / 0.5), 13);
  });

  it('is the sum of what each feature says, also where the product of the variances overflows', () => {
    const dimensions = 400;
    const gaussians = new ClassGaussians(dimensions);
    const random = new Xoshiro128(2);
    const one = new ClassGaussians(1);
    for (let k = 0; k < 20; k++) {
      const value = 20 * random.nextUniform();
      gaussians.add(new Float64Array(dimensions).fill(value), k % 2);
      one.add(Float64Array.of(value), k % 2);
    }
    const all = logJoint(gaussians, Array<number>(dimensions).fill(3), 2);
    logJoint(one, [3], 2).forEach((log, c) => {
      expect(all[c] - Math.log(10)).toBeCloseTo(dimensions * (log - Math.log(10)), 8);
    });
  });

  it('passes over a feature that varies in no class', () => {
    const gaussians = new ClassGaussians(2);
    for (const [value, target] of [
      [1, 0],
      [3, 0],
      [7, 1],
    ]) {
      gaussians.add(Float64Array.of(value, 100 * target), target);
    }
    expect(logJoint(gaussians, [4, 55], 2)).toEqual(
      logJoint(
        add([
          [1, 0],
          [3, 0],
          [7, 1],
        ]),
        [4],
        2,
      ),
    );
  });

  it('gives a class it has not seen the least of the others', () => {
    const logs = logJoint(
      add([
        [1, 0],
        [3, 0],
        [7, 2],
      ]),
      [2],
      4,
    );
    expect(logs[1]).toBe(Math.min(logs[0], logs[2]));
    expect(logs[3]).toBe(logs[1]);
    expect(logJoint(new ClassGaussians(1), [2], 2)).toEqual([0, 0]);
  });
});

describe('Gaussian naive Bayes', () => {
  it('is about as often right as it says it is, though one feature comes five times', () => {
    const random = new Xoshiro128(3);
    const classifier = gaussianNaiveBayes.create({ dimensions: 10, seed: 1 });
    let said = 0;
    let right = 0;
    for (let k = 0; k < 4000; k++) {
      const value = 4 * random.nextUniform() - 2;
      const label = random.nextUniform() < 1 / (1 + Math.exp(-2 * value)) ? 'a' : 'b';
      const x = Float64Array.from({ length: 10 }, (_, i) => (i < 5 ? value : random.nextUniform()));
      if (k >= 1000) {
        const [first, second] = classifier.predict(x);
        said += Math.max(first, second);
        right += classifier.classes[first > second ? 0 : 1] === label ? 1 : 0;
      }
      classifier.learn(x, label);
    }
    expect(Math.abs(said - right) / 3000).toBeLessThan(0.03);
  });
});
