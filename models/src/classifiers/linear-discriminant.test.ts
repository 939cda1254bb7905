import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { linearDiscriminant } from './linear-discriminant.js';

describeClassifier(linearDiscriminant);

const CENTRES = [
  [0, 0.3, -0.2],
  [0.4, -0.1, 0.1],
  [-0.3, 0, 0.5],
];

/** `each` windows of every class in turn; the features of a window have a part in common. */
function windows(each: number, seed = 1) {
  const random = new Xoshiro128(seed);
  return Array.from({ length: 3 * each }, (_, k) => {
    const common = random.nextUniform();
    return { x: Float64Array.from(CENTRES[k % 3], (c) => c + common + random.nextUniform()), target: k % 3 };
  });
}

/** Discriminants by the definition, from all windows at once. */
function oracle(all: ReturnType<typeof windows>, asked: Float64Array): number[] {
  const compressed = ({ x }: { x: Float64Array }) => new Matrix([[...x].map((value) => Math.asinh(value))]);
  const rows = [0, 1, 2].map((c) => all.filter(({ target }) => target === c).map(compressed));
  const means = rows.map((own) =>
    own.reduce((sum, row) => Matrix.add(sum, row), Matrix.zeros(1, 3)).div(own.length),
  );
  const scatter = Matrix.zeros(3, 3);
  rows.forEach((own, c) => {
    for (const row of own) {
      const deviation = Matrix.sub(row, means[c]);
      scatter.add(deviation.transpose().mmul(deviation));
    }
  });
  const variance = scatter.trace() / 3 / all.length;
  const covariance = scatter
    .mul(0.95)
    .add(Matrix.eye(3).mul((0.05 * all.length + 5) * variance))
    .div(all.length + 5);
  const precision = inverse(covariance);
  const x = compressed({ x: asked });
  return means.map((mean, c) => {
    const deviation = Matrix.sub(x, mean);
    const distance = deviation.mmul(precision).mmul(deviation.transpose()).get(0, 0);
    return (3 / rows[c].length - distance) / 2;
  });
}

describe('the linear discriminant', () => {
  // With 8 windows and fewer, every class has just been solved.
  it('has the log odds of normal classes with one shrunk covariance and equal shares, but for the temperature', () => {
    // Of the first class half as many: neither is its share held against it, nor how unsure its mean is.
    const all = windows(8).filter(({ target }, i) => target !== 0 || i % 2 === 0);
    const classifier = linearDiscriminant.create({ dimensions: 3, seed: 1 });
    for (const { x, target } of all) classifier.learn(x, `class-${target}`);
    const ratios = windows(4, 9).flatMap(({ x }) => {
      const logs = [...classifier.predict(x)].map(Math.log);
      const expected = oracle(all, x);
      return [1, 2].map((c) => (logs[c] - logs[0]) / (expected[c] - expected[0]));
    });
    for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0], 9);
    expect(ratios[0]).toBeGreaterThan(0.3);
    expect(ratios[0]).toBeLessThan(3);
  });

  it('chooses the nearest mean while no class has come twice', () => {
    const classifier = linearDiscriminant.create({ dimensions: 3, seed: 1 });
    CENTRES.forEach((centre, c) => classifier.learn(Float64Array.from(centre), `class-${c}`));
    CENTRES.forEach((centre, c) => {
      const probabilities = [...classifier.predict(Float64Array.from(centre, (value) => value + 0.05))];
      expect(probabilities.indexOf(Math.max(...probabilities))).toBe(c);
    });
  });

  it('recognises nearly all after three windows of each class that differ by a common part', () => {
    const classifier = linearDiscriminant.create({ dimensions: 3, seed: 1 });
    const far = ({ x, target }: { x: Float64Array; target: number }) =>
      x.map((v, i) => v + 4 * CENTRES[target][i]);
    for (const window of windows(3)) classifier.learn(far(window), `class-${window.target}`);
    const wrong = windows(50, 5).filter((window) => {
      const probabilities = [...classifier.predict(far(window))];
      const best = probabilities.indexOf(Math.max(...probabilities));
      return classifier.classes[best] !== `class-${window.target}`;
    });
    expect(wrong.length).toBeLessThanOrEqual(3);
  });

  it('unlearns a window: afterwards it answers as if it had never learned it', () => {
    const all = windows(40);
    const never = linearDiscriminant.create({ dimensions: 3, seed: 1 });
    const taken = linearDiscriminant.create({ dimensions: 3, seed: 1 });
    const wrong = Float64Array.of(4, 4, 4);
    all.forEach(({ x, target }, i) => {
      if (i === 60) taken.learn(wrong, 'class-1');
      for (const each of [never, taken]) each.learn(x, `class-${target}`);
    });
    taken.unlearn(wrong, 'class-1');
    // Both are solved anew by a window that is unlearned; the temperature has seen the wrong one.
    never.learn(wrong, 'class-1');
    never.unlearn(wrong, 'class-1');
    expect(taken.learned).toBe(never.learned);
    const sharpest = (x: Float64Array) => [...taken.predict(x)].indexOf(Math.max(...taken.predict(x)));
    for (const { x } of all) {
      const expected = [...never.predict(x)];
      expect(sharpest(x)).toBe(expected.indexOf(Math.max(...expected)));
      taken.predict(x).forEach((p, c) => expect(p).toBeCloseTo(expected[c], 2));
    }
  });

  it('keeps the last window of a class', () => {
    const classifier = linearDiscriminant.create({ dimensions: 1, seed: 1 });
    classifier.learn(Float64Array.of(1), 'a');
    classifier.unlearn(Float64Array.of(1), 'a');
    expect([...classifier.predict(Float64Array.of(1))]).toEqual([1]);
  });
});
