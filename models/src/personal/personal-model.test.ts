import { describe, expect, it } from 'vitest';
import { OTHER_INPUTS, PersonalModel } from './personal-model.js';

const FEATURES = 2;

/** What the model makes of a window: scores of two classes. */
function scores(model: PersonalModel, x: readonly number[], shared: readonly number[]): number[] {
  const inputs = new Float64Array(FEATURES + OTHER_INPUTS);
  inputs.set(x);
  const out = new Float64Array(32);
  model.writeInputs(Float64Array.from(shared), inputs);
  model.evaluate(Float64Array.from(shared), inputs, out);
  return [out[0], out[1]];
}

function learn(model: PersonalModel, x: readonly number[], shared: readonly number[], target: number): void {
  const inputs = new Float64Array(FEATURES + OTHER_INPUTS);
  inputs.set(x);
  const out = new Float64Array(32);
  model.writeInputs(Float64Array.from(shared), inputs);
  model.evaluate(Float64Array.from(shared), inputs, out);
  model.learn(inputs, out, target);
}

describe('a personal model', () => {
  it('corrects nothing before its first window', () => {
    expect(scores(new PersonalModel(FEATURES), [1, -1], [0.7, 0.3])).toEqual([0.7, 0.3]);
  });

  it('corrects what the shared model keeps getting wrong, within ten windows', () => {
    const model = new PersonalModel(FEATURES);
    for (let i = 0; i < 10; i++) {
      const sign = i % 2 === 0 ? 1 : -1;
      learn(model, [sign, 0.5], [0.7, 0.3], sign > 0 ? 0 : 1);
    }
    const [walk, sit] = scores(model, [-1, 0.5], [0.7, 0.3]);
    expect(sit).toBeGreaterThan(walk + 0.5);
    const [stays, other] = scores(model, [1, 0.5], [0.7, 0.3]);
    expect(stays).toBeGreaterThan(other + 0.5);
  });

  it('is trusted half as much as it has earned after twenty windows', () => {
    const model = new PersonalModel(FEATURES);
    expect(model.trust).toBe(0);
    for (let i = 0; i < 20; i++) learn(model, [1, 1], [0.5, 0.5], 0);
    expect(model.trust).toBeCloseTo(0.35, 12);
  });

  it('is trusted less while it misleads, and again when it helps', () => {
    const model = new PersonalModel(FEATURES);
    for (let i = 0; i < 20; i++) learn(model, [1, 1], [0.5, 0.5], 0);
    for (let i = 0; i < 5; i++) model.judge(0.9, 0.1);
    expect(model.trust).toBeLessThan(0.05);
    for (let i = 0; i < 5; i++) model.judge(0.1, 0.9);
    expect(model.trust).toBeGreaterThan(0.45);
  });

  it('goes back to its first trust while both are as good', () => {
    const model = new PersonalModel(FEATURES);
    for (let i = 0; i < 20; i++) learn(model, [1, 1], [0.5, 0.5], 0);
    for (let i = 0; i < 20; i++) model.judge(0.02, 0.98);
    for (let i = 0; i < 200; i++) model.judge(0.9, 0.9);
    expect(model.trust).toBeCloseTo(0.35, 3);
  });
});
