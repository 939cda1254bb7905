import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { mostProbable } from '../scores/most-probable.js';
import { RandomFeatureRls, randomFeatureRls } from './random-feature-rls.js';

describeClassifier(randomFeatureRls);

/** Two classes that overlap: the first feature says `a` with the probability σ(2 x). */
function noisy(count: number, seed: number): { x: Float64Array; label: string }[] {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, () => {
    const x = Float64Array.from({ length: 4 }, () => 4 * random.nextUniform() - 2);
    return { x, label: random.nextUniform() < 1 / (1 + Math.exp(-2 * x[0])) ? 'a' : 'b' };
  });
}

describe('random-feature least squares', () => {
  it('separates what no line separates', () => {
    const random = new Xoshiro128(5);
    const rings = () =>
      Array.from({ length: 600 }, () => {
        const radius = random.nextUniform() < 0.5 ? 1 : 3;
        const angle = 2 * Math.PI * random.nextUniform();
        const x = Float64Array.of(radius * Math.cos(angle), radius * Math.sin(angle));
        return { x, label: radius === 1 ? 'inner' : 'outer' };
      });
    const classifier = new RandomFeatureRls({ dimensions: 2, seed: 1 });
    for (const { x, label } of rings()) classifier.learn(x, label);
    const wrong = rings().filter(({ x, label }) => {
      const [first, second] = classifier.predict(x);
      return classifier.classes[first > second ? 0 : 1] !== label;
    });
    expect(wrong.length).toBeLessThanOrEqual(6);
  });

  it('is about as often right as it says it is', () => {
    const classifier = new RandomFeatureRls({ dimensions: 4, seed: 1 });
    let said = 0;
    let right = 0;
    for (const [i, { x, label }] of noisy(4000, 3).entries()) {
      if (i >= 1000) {
        const [first, second] = classifier.predict(x);
        said += Math.max(first, second);
        right += classifier.classes[first > second ? 0 : 1] === label ? 1 : 0;
      }
      classifier.learn(x, label);
    }
    expect(Math.abs(said - right) / 3000).toBeLessThan(0.03);
  });

  it('uses a feature that starts to vary only after a long time', () => {
    const classifier = new RandomFeatureRls({ dimensions: 2, seed: 1 });
    const random = new Xoshiro128(9);
    for (let i = 0; i < 500; i++) classifier.learn(Float64Array.of(0, random.nextUniform()), 'a');
    const example = () => {
      const label = random.nextUniform() < 0.5 ? 'a' : 'b';
      return { x: Float64Array.of(label === 'a' ? -1 : 1, random.nextUniform()), label };
    };
    for (let i = 0; i < 200; i++) {
      const { x, label } = example();
      classifier.learn(x, label);
    }
    expect(classifier.predict(Float64Array.of(-1, 0.5))[0]).toBeGreaterThan(0.8);
    expect(classifier.predict(Float64Array.of(1, 0.5))[1]).toBeGreaterThan(0.8);
  });

  it.each([
    ['in units a million times as large', (value: number) => value / 1e6],
    ['in units a thousand times as small', (value: number) => value * 1e3],
    ['in the largest units there are', (value: number) => value * 1e150],
    ['about 100', (value: number) => value + 100],
  ])('learns features %s', (_, change) => {
    const classifier = new RandomFeatureRls({ dimensions: 4, seed: 1 });
    let right = 0;
    for (const [i, { x, label }] of noisy(2000, 3).entries()) {
      const changed = x.map(change);
      if (i >= 1000 && classifier.classes[mostProbable(classifier.predict(changed))] === label) right++;
      classifier.learn(changed, label);
    }
    // The best possible is about 0.84.
    expect(right / 1000).toBeGreaterThan(0.8);
  });

  it('follows a change faster after a boost', () => {
    const wrongAfterSwap = (boost: number) => {
      const classifier = new RandomFeatureRls({ dimensions: 4, seed: 1 });
      for (const { x, label } of noisy(3000, 3)) classifier.learn(x, label);
      classifier.boost(boost);
      let wrong = 0;
      for (const { x, label } of noisy(300, 4)) {
        const truth = label === 'a' ? 'b' : 'a';
        const [first, second] = classifier.predict(x);
        if (classifier.classes[first > second ? 0 : 1] !== truth) wrong++;
        classifier.learn(x, truth);
      }
      return wrong;
    };
    expect(wrongAfterSwap(0.5)).toBeLessThan(wrongAfterSwap(0) / 2);
  });

  it('still learns after 20,000 windows of a device on a table', () => {
    const classifier = new RandomFeatureRls({ dimensions: 4, seed: 1 });
    for (const { x, label } of noisy(500, 3)) classifier.learn(x, label);
    for (let i = 0; i < 20_000; i++) classifier.learn(Float64Array.of(0, 1, 0, 9.81), 'table');
    expect(classifier.predict(Float64Array.of(0, 1, 0, 9.81))[2]).toBeGreaterThan(0.95);
    let right = 0;
    for (const [i, { x, label }] of noisy(600, 4).entries()) {
      const probabilities = classifier.predict(x);
      expect(probabilities.every(Number.isFinite)).toBe(true);
      if (i >= 300 && classifier.classes[mostProbable(probabilities)] === label) right++;
      classifier.learn(x, label);
    }
    // The best possible is about 0.84.
    expect(right / 300).toBeGreaterThan(0.75);
  });

  it('tells a new class apart after a few windows, however much it knows of the others', () => {
    const random = new Xoshiro128(6);
    // Standing is sitting but for the first feature.
    const window = (first: number, rest: number) =>
      Float64Array.from({ length: 6 }, (_, i) => (i === 0 ? first : rest) + random.nextUniform() - 0.5);
    const classifier = new RandomFeatureRls({ dimensions: 6, seed: 1 });
    for (let i = 0; i < 1000; i++) {
      if (i % 2 === 0) classifier.learn(window(0, 0), 'sit');
      else classifier.learn(window(0, 2), 'walk');
    }
    for (let i = 0; i < 3; i++) classifier.learn(window(1.5, 0), 'stand');
    let found = 0;
    for (let i = 0; i < 100; i++) found += mostProbable(classifier.predict(window(1.5, 0))) === 2 ? 1 : 0;
    expect(found).toBeGreaterThan(80);
  });

  it('learns less from a label that was inferred, and nothing from it about how sure to be', () => {
    const learned = (trust: number) => {
      const classifier = new RandomFeatureRls({ dimensions: 2, seed: 1 });
      for (let i = 0; i < 40; i++) classifier.learn(Float64Array.of(i % 2, 1), i % 2 === 0 ? 'a' : 'b');
      for (let i = 0; i < 2; i++) {
        if (trust === 1) classifier.learn(Float64Array.of(0, 1), 'b');
        else classifier.learnInferred(Float64Array.of(0, 1), 'b', trust);
      }
      return classifier.predict(Float64Array.of(0, 1))[1];
    };
    expect(learned(0.25)).toBeLessThan(learned(0.5));
    expect(learned(0.5)).toBeLessThan(learned(1));
  });

  it('unlearns a window: afterwards it answers as if it had never learned it', () => {
    // With settled scales: before that, a window moves the units of all others.
    const stream = noisy(500, 5);
    const wrong = { x: Float64Array.of(2, 2, 2, 2), label: stream[0].label };
    const learn = (examples: readonly { x: Float64Array; label: string }[]) => {
      const classifier = new RandomFeatureRls({ dimensions: 4, seed: 1 });
      for (const { x, label } of stream.slice(0, 400)) classifier.learn(x, label);
      for (const { x, label } of examples) classifier.learn(x, label);
      return classifier;
    };
    const never = learn(stream.slice(400));
    const taken = learn([wrong]);
    const weight = taken.lastWeight;
    for (const { x, label } of stream.slice(400)) taken.learn(x, label);
    const probe = Float64Array.of(1.5, 1.5, 1.5, 1.5);
    const expected = never.predict(probe).slice();
    const before = Math.abs(taken.predict(probe)[0] - expected[0]);
    taken.unlearn(wrong.x, wrong.label, { weight, age: 100 });
    const after = Math.abs(taken.predict(probe)[0] - expected[0]);
    expect(taken.learned).toBe(never.learned);
    expect(before).toBeGreaterThan(1e-3);
    expect(after).toBeLessThan(before / 10);
  });

  it('depends on its seed', () => {
    const learn = (seed: number) => {
      const classifier = new RandomFeatureRls({ dimensions: 4, seed });
      for (const { x, label } of noisy(100, 3)) classifier.learn(x, label);
      return classifier.predict(Float64Array.of(1, 0, 0, 0))[0];
    };
    expect(learn(1)).not.toBe(learn(2));
  });
});
