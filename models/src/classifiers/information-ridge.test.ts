import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { describeClassifier } from '../classifier.contract.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { informationRidge } from './information-ridge.js';
import { LinearOutputs } from './linear-outputs.js';
import { describeMergeable } from './mergeable.contract.js';
import { RecursiveLeastSquares } from './recursive-least-squares.js';
import { RidgeSums } from './ridge-sums.js';

describeClassifier(informationRidge);
describeMergeable(informationRidge);

const RIDGE = 2;
const INPUTS = 7;

function windows(count: number) {
  const random = new Xoshiro128(3);
  return Array.from({ length: count }, () => {
    const h = Float64Array.from({ length: INPUTS }, () => 2 * random.nextUniform() - 1);
    h[INPUTS - 1] = 1;
    return { h, target: random.nextUint32() % 3 };
  });
}

const solved = (sums: RidgeSums) => {
  const weights = new LinearOutputs(INPUTS);
  const unexplained = sums.solve(3, weights);
  return { unexplained, weights: [0, 1, 2].map((target) => weights.row(target)) };
};

describe('RidgeSums', () => {
  it('solves batch ridge regression, and says what it leaves unexplained', () => {
    const all = windows(80);
    const sums = new RidgeSums(INPUTS, RIDGE);
    for (const { h, target } of all) sums.add(h, target);
    const inputs = new Matrix(all.map(({ h }) => [...h]));
    const targets = new Matrix(all.map(({ target }) => [0, 1, 2].map((c) => (c === target ? 1 : 0))));
    const normal = inputs.transpose().mmul(inputs).add(Matrix.eye(INPUTS).mul(RIDGE));
    const expected = solve(normal, inputs.transpose().mmul(targets));
    const { unexplained, weights } = solved(sums);
    for (const [c, row] of weights.entries()) {
      row.forEach((weight, i) => expect(weight).toBeCloseTo(expected.get(i, c), 12));
    }
    const residual = Matrix.sub(targets, inputs.mmul(expected)).norm('frobenius');
    const centred = targets.center('column').norm('frobenius');
    expect(unexplained).toBeCloseTo((residual * residual) / (centred * centred), 12);
  });

  it('has the weights of recursive least squares without forgetting', () => {
    const sums = new RidgeSums(INPUTS, RIDGE);
    const recursive = new RecursiveLeastSquares({ inputs: INPUTS, ridge: RIDGE, forgetting: 1 });
    const scores = new Float64Array(3);
    for (let c = 0; c < 3; c++) recursive.addOutput();
    for (const { h, target } of windows(200)) {
      sums.add(h, target);
      recursive.evaluate(h, scores);
      recursive.learn(h, scores, target);
    }
    for (const [c, row] of solved(sums).weights.entries()) {
      row.forEach((weight, i) => expect(weight).toBeCloseTo(recursive.weight(c, i), 12));
    }
  });

  it('takes more ridge where rounding has cost the sums their definiteness', () => {
    const sums = new RidgeSums(INPUTS, RIDGE);
    sums.add(new Float64Array(INPUTS).fill(1e150), 0);
    const { weights } = solved(sums);
    expect(weights.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
  });
});

describe('the information form', () => {
  const learned = (count: number) => {
    const classifier = informationRidge.create({ dimensions: INPUTS, seed: 1 });
    for (const { h, target } of windows(count)) classifier.learn(h, `class-${target}`);
    return classifier;
  };

  it('answers with its last solution until a class has grown by an eighth', () => {
    const [stale, fresh] = [learned(400), learned(400)];
    fresh.solve();
    const { h } = windows(1)[0];
    expect([...stale.predict(h)]).not.toEqual([...fresh.predict(h)]);
    stale.solve();
    expect([...stale.predict(h)]).toEqual([...fresh.predict(h)]);
  });

  it('solves nothing before the first window', () => {
    const classifier = learned(0);
    classifier.solve();
    expect(classifier.weights('walk')).toEqual(new Float64Array(INPUTS + 128 + 1));
  });
});
