import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { mostProbable } from '../scores/most-probable.js';
import { HoeffdingLeaf } from './hoeffding-leaf.js';
import { HoeffdingTree, hoeffdingTree } from './hoeffding-tree.js';

describeClassifier(hoeffdingTree, { mostBytes: 60_000 });

const random = (seed: number) => {
  const generator = new Xoshiro128(seed);
  return () => 2 * generator.nextUniform() - 1;
};

describe('HoeffdingLeaf', () => {
  it('finds the test that tells most of the class', () => {
    const leaf = new HoeffdingLeaf(3);
    const next = random(1);
    for (let k = 0; k < 400; k++) {
      const target = k % 2;
      leaf.add(Float64Array.of(next(), target === 0 ? next() / 4 : 2 + next() / 4, next()), target);
    }
    const split = leaf.bestSplit();
    expect(split?.feature).toBe(1);
    expect(split?.threshold).toBeGreaterThan(0.25);
    expect(split?.threshold).toBeLessThan(1.75);
    expect(split?.gain).toBeCloseTo(1, 3);
    expect(split?.margin).toBeGreaterThan(0.9);
    expect(split?.below[0]).toBeCloseTo(200, 0);
    expect(split?.above[1]).toBeCloseTo(200, 0);
  });

  it('has nothing to split by while there is one class, or nothing varies', () => {
    const one = new HoeffdingLeaf(1);
    const constant = new HoeffdingLeaf(1);
    for (let k = 0; k < 50; k++) {
      one.add(Float64Array.of(k), 3);
      constant.add(Float64Array.of(7), k % 2);
    }
    expect(one.bestSplit()).toBeNull();
    expect(constant.bestSplit()).toBeNull();
  });
});

describe('HoeffdingTree', () => {
  /** Learns what `labelOf` says of uniform vectors. @returns how often it was right over the last tenth. */
  const learn = (tree: HoeffdingTree, windows: number, labelOf: (x: Float64Array) => string) => {
    const next = random(2);
    let right = 0;
    for (let k = 0; k < windows; k++) {
      const x = Float64Array.from({ length: tree.dimensions }, next);
      const label = labelOf(x);
      if (k >= windows * 0.9 && tree.classes[mostProbable(tree.predict(x))] === label) right++;
      tree.learn(x, label);
    }
    return right / (windows * 0.1);
  };

  it('splits when one feature is surely the best, at a time when it looks', () => {
    const tree = new HoeffdingTree({ dimensions: 3 });
    learn(tree, 199, ([x]) => (x > 0 ? 'a' : 'b'));
    expect(tree.leaves).toBe(1);
    learn(tree, 1, ([x]) => (x > 0 ? 'a' : 'b'));
    expect(tree.leaves).toBe(2);
  });

  it('does not split on noise until the best test is as good as any', () => {
    const tree = new HoeffdingTree({ dimensions: 3 });
    const coin = random(9);
    const noise = () => (coin() > 0 ? 'a' : 'b');
    // √(ln 10⁷ / 2 n) is 0.0502 at 3200 windows and 0.0487 at 3400.
    learn(tree, 3399, noise);
    expect(tree.leaves).toBe(1);
    learn(tree, 1, noise);
    expect(tree.leaves).toBe(2);
  });

  it('learns what naive Bayes can not', () => {
    const tree = new HoeffdingTree({ dimensions: 2 });
    expect(learn(tree, 20_000, ([x, y]) => (x > 0 === y > 0 ? 'a' : 'b'))).toBeGreaterThan(0.9);
  });

  it('stops growing at 32 leaves and goes on learning', () => {
    const tree = new HoeffdingTree({ dimensions: 1 });
    const band = ([x]: Float64Array) => `${Math.floor((x + 1) * 16)}`;
    learn(tree, 60_000, band);
    expect(tree.leaves).toBe(32);
    const size = tree.snapshot().length;
    learn(tree, 5000, band);
    expect(tree.leaves).toBe(32);
    expect(tree.learned).toBe(65_000);
    expect(tree.snapshot().length).toBeLessThan(size * 1.1);
    expect(hoeffdingTree.restore(tree.snapshot()).leaves).toBe(32);
  });
});
