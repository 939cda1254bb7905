import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { mostProbable } from '../scores/most-probable.js';
import { weightedEnsemble } from './ensemble.js';
import { linearDiscriminant } from './linear-discriminant.js';
import { randomFeatureRls } from './random-feature-rls.js';

describeClassifier(weightedEnsemble);

/** Two rings, which no line separates: least squares of random features can, the discriminant can't. */
function rings(count: number, seed: number) {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, () => {
    const radius = random.nextUniform() < 0.5 ? 1 : 2;
    const angle = 2 * Math.PI * random.nextUniform();
    const x = Float64Array.of(radius * Math.cos(angle), radius * Math.sin(angle));
    return { x, label: radius === 1 ? 'inner' : 'outer' };
  });
}

/** Two overlapping clouds that differ along a line: both can. */
function clouds(count: number, seed: number) {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, () => {
    const label = random.nextUniform() < 0.5 ? 'inner' : 'outer';
    const shift = label === 'inner' ? -0.4 : 0.4;
    const x = Float64Array.of(2 * random.nextUniform() - 1 + shift, 2 * random.nextUniform() - 1);
    return { x, label };
  });
}

const OPTIONS = { dimensions: 2, seed: 1 };

describe('the weighted ensemble', () => {
  it('begins with equal weights and gives most to the member that has been right', () => {
    const ensemble = weightedEnsemble.create(OPTIONS);
    expect([...ensemble.weights]).toEqual([0.5, 0.5]);
    for (const { x, label } of rings(600, 1)) ensemble.learn(x, label);
    expect(ensemble.weights[0]).toBeGreaterThan(0.9);
    expect(ensemble.weights[0] + ensemble.weights[1]).toBeCloseTo(1, 14);
  });

  it('gives a member its weight back when it is as good as the others again', () => {
    const ensemble = weightedEnsemble.create(OPTIONS);
    for (const { x, label } of rings(300, 1)) ensemble.learn(x, label);
    const before = ensemble.weights[1];
    for (const { x, label } of clouds(3000, 2)) ensemble.learn(x, label);
    expect(before).toBeLessThan(0.05);
    expect(ensemble.weights[1]).toBeGreaterThan(0.2);
  });

  it.each([
    ['rings', rings],
    ['clouds', clouds],
  ])('is about as good as its best member on %s', (_, stream) => {
    const right = [weightedEnsemble, randomFeatureRls, linearDiscriminant].map((factory) => {
      const classifier = factory.create(OPTIONS);
      return stream(1500, 5).filter(({ x, label }) => {
        const answer = classifier.classes[mostProbable(classifier.predict(x))];
        classifier.learn(x, label);
        return answer === label;
      }).length;
    });
    expect(right[0]).toBeGreaterThan(Math.max(...right.slice(1)) - 20);
  });

  it('boosts the member that can be', () => {
    const [boosted, straight] = [1, 2].map(() => {
      const ensemble = weightedEnsemble.create(OPTIONS);
      for (const { x, label } of clouds(500, 3)) ensemble.learn(x, label);
      return ensemble;
    });
    const { x } = clouds(1, 4)[0];
    const before = [...straight.predict(x)];
    boosted.boost(0.5);
    expect([...boosted.predict(x)]).toEqual(before);
    for (const ensemble of [boosted, straight]) ensemble.learn(x, 'outer');
    expect(boosted.predict(x)[boosted.classes.indexOf('outer')]).toBeGreaterThan(
      straight.predict(x)[straight.classes.indexOf('outer')],
    );
  });
});
