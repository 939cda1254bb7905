import { describe, expect, it } from 'vitest';
import { Matrix, solve } from 'ml-matrix';
import { StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { RecursiveLeastSquares } from './recursive-least-squares.js';

const OUTPUTS = 3;
const RIDGE = 2;

function windows(count: number, inputs: number, seed = 1): { h: Float64Array; target: number }[] {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, () => ({
    h: Float64Array.from({ length: inputs }, () => 2 * random.nextUniform() - 1),
    target: random.nextUint32() % OUTPUTS,
  }));
}

const solver = (inputs: number, forgetting: number, outputs = OUTPUTS) => {
  const made = new RecursiveLeastSquares({ inputs, ridge: RIDGE, forgetting });
  for (let c = 0; c < outputs; c++) made.addOutput();
  return made;
};

function learn(solver: RecursiveLeastSquares, h: Float64Array, target: number): void {
  const scores = new Float64Array(32);
  solver.evaluate(h, scores);
  solver.learn(h, scores, target);
}

/**
 * The same in batch, as the normal equations say it: windows weighted by λ^age, and at every fourth window the ridge
 * of one input brought back by what it has lost in a whole round of turns.
 */
function batch(
  examples: readonly { h: Float64Array; target: number }[],
  inputs: number,
  lambda: number,
): Matrix {
  let normal = Matrix.eye(inputs).mul(RIDGE);
  let right = Matrix.zeros(inputs, OUTPUTS);
  let kept = 1;
  for (let i = 0; i < 4 * inputs; i++) kept *= lambda;
  for (const [n, { h, target }] of examples.entries()) {
    const column = Matrix.columnVector(h);
    normal = normal.mul(lambda).add(column.mmul(column.transpose()));
    right = right.mul(lambda);
    for (let i = 0; i < inputs; i++) right.set(i, target, right.get(i, target) + h[i]);
    if (n % 4 !== 3) continue;
    const turn = ((n - 3) / 4) % inputs;
    normal.set(turn, turn, normal.get(turn, turn) + RIDGE * (1 - kept));
  }
  return solve(normal, right);
}

describe('RecursiveLeastSquares', () => {
  it.each([1, 2, 3, 4, 7, 30, 61])('equals ridge regression in batch, with %i inputs', (inputs) => {
    const examples = windows(400, inputs);
    const recursive = solver(inputs, 1);
    for (const { h, target } of examples) learn(recursive, h, target);
    const expected = batch(examples, inputs, 1);
    for (let c = 0; c < OUTPUTS; c++) {
      for (let i = 0; i < inputs; i++) expect(recursive.weight(c, i)).toBeCloseTo(expected.get(i, c), 10);
    }
  });

  it('equals the batch with weights λ^age and a renewed ridge while it forgets', () => {
    const examples = windows(300, 20);
    const recursive = solver(20, 0.995);
    for (const { h, target } of examples) learn(recursive, h, target);
    const expected = batch(examples, 20, 0.995);
    for (let c = 0; c < OUTPUTS; c++) {
      for (let i = 0; i < 20; i++) expect(recursive.weight(c, i)).toBeCloseTo(expected.get(i, c), 10);
    }
  });

  it('takes a window of weight 3 as three windows', () => {
    const weighted = solver(6, 1);
    const often = solver(6, 1);
    const scores = new Float64Array(32);
    for (const [i, { h, target }] of windows(100, 6).entries()) {
      const weight = i % 4 === 0 ? 3 : 1;
      weighted.evaluate(h, scores);
      weighted.learn(h, scores, target, weight);
      for (let k = 0; k < weight; k++) learn(often, h, target);
    }
    for (let c = 0; c < OUTPUTS; c++) {
      for (let i = 0; i < 6; i++) expect(weighted.weight(c, i)).toBeCloseTo(often.weight(c, i), 10);
    }
  });

  it('gives an output that appears late the weights it would have had from the start', () => {
    const early = solver(6, 0.99);
    const late = solver(6, 0.99, 2);
    for (const [i, { h, target }] of windows(200, 6).entries()) {
      if (i === 100) late.addOutput();
      learn(early, h, i < 100 ? target % 2 : target);
      learn(late, h, i < 100 ? target % 2 : target);
    }
    for (let c = 0; c < OUTPUTS; c++) {
      for (let i = 0; i < 6; i++) expect(late.weight(c, i)).toBe(early.weight(c, i));
    }
  });

  it('keeps its covariance bounded and its weights finite when nothing new comes', () => {
    const inputs = 8;
    const recursive = solver(inputs, 0.99);
    for (const { h, target } of windows(500, inputs)) learn(recursive, h, target);
    const constant = new Float64Array(inputs).fill(0.5);
    // λ^-20000 would be 10^87.
    for (let i = 0; i < 20_000; i++) learn(recursive, constant, i % 7 === 0 ? 1 : 0);
    expect(recursive.leastRidge).toBeCloseTo(RIDGE * 0.72498, 4);
    expect(recursive.trace()).toBeGreaterThan(0);
    expect(recursive.trace()).toBeLessThan(inputs / recursive.leastRidge);
    for (let c = 0; c < OUTPUTS; c++) {
      for (let i = 0; i < inputs; i++) expect(Number.isFinite(recursive.weight(c, i))).toBe(true);
    }
    const scores = new Float64Array(32);
    recursive.evaluate(constant, scores);
    expect(scores[0]).toBeCloseTo(6 / 7, 1);
  });

  it('learns again after inputs that were huge, all zero, and then as before', () => {
    const recursive = solver(5, 0.99);
    const huge = new Float64Array(5).fill(1e6);
    for (let i = 0; i < 200; i++) {
      learn(recursive, huge, 0);
      learn(recursive, new Float64Array(5), 1);
    }
    const [a, b] = [Float64Array.of(1, 0, 0, 0, 0), Float64Array.of(0, 1, 0, 0, 0)];
    for (let i = 0; i < 2000; i++) {
      learn(recursive, a, 0);
      learn(recursive, b, 1);
    }
    const scores = new Float64Array(32);
    recursive.evaluate(a, scores);
    // About 50 windows of a are remembered beside a ridge of 1.4 to 2.
    expect(scores[0]).toBeGreaterThan(0.95);
    expect(scores[0]).toBeLessThan(1);
    expect(Math.abs(scores[1])).toBeLessThan(0.01);
  });

  it('forgets what it saw at the same pace, also when most inputs never vary', () => {
    // Of 40 inputs two are ever seen; what they stand for changes places after a long time.
    const recursive = solver(40, 0.99);
    const input = (i: number) => Float64Array.from({ length: 40 }, (_, j) => (j === i ? 1 : 0));
    const swapAt = 5000;
    for (let n = 0; n < swapAt + 400; n++) learn(recursive, input(n % 2), n < swapAt ? n % 2 : 1 - (n % 2));
    const scores = new Float64Array(32);
    recursive.evaluate(input(0), scores);
    // 400 windows are four memories: e^-4 of what was before is left.
    expect(scores[1]).toBeGreaterThan(0.9);
    expect(scores[0]).toBeLessThan(0.05);
  });

  it('adds a boost to the diagonal, up to three times the initial trace', () => {
    const recursive = solver(4, 0.99);
    expect(recursive.trace()).toBe(2);
    recursive.boost(0.25);
    expect(recursive.trace()).toBe(3);
    recursive.boost(10);
    expect(recursive.trace()).toBe(6);
    recursive.boost(1);
    expect(recursive.trace()).toBe(6);
  });

  it('is the same to the bit after a restore', () => {
    const straight = solver(9, 0.98);
    for (const { h, target } of windows(50, 9)) learn(straight, h, target);
    const state = new StateWriter('t', 1);
    straight.write(state);
    const restored = solver(9, 0.98, 0);
    restored.read(new StateReader(state.finish(), 't', 1));
    for (const { h, target } of windows(50, 9, 2)) {
      learn(straight, h, target);
      learn(restored, h, target);
    }
    for (let i = 0; i < 9; i++) expect(restored.weight(1, i)).toBe(straight.weight(1, i));
    expect(restored.trace()).toBe(straight.trace());
  });
});
