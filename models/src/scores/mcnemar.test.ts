import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { erfc } from './erfc.js';
import { McNemar } from './mcnemar.js';

function compared(onlyA: number, onlyB: number, bothRight = 0, bothWrong = 0): McNemar {
  const test = new McNemar();
  for (let i = 0; i < onlyA; i++) test.add(true, false);
  for (let i = 0; i < onlyB; i++) test.add(false, true);
  for (let i = 0; i < bothRight; i++) test.add(true, true);
  for (let i = 0; i < bothWrong; i++) test.add(false, false);
  return test;
}

describe('McNemar', () => {
  // scipy 1.17.1: binomtest(min(b, c), b + c, 0.5).pvalue
  it.each([
    [1, 0, 1],
    [0, 5, 0.0625],
    [3, 11, 0.057373046875],
    [11, 3, 0.057373046875],
    [7, 7, 1],
    [10, 14, 0.5412561893463135],
  ])('has the exact two-sided p-value where %d and %d differ, fewer than 25', (onlyA, onlyB, pValue) => {
    const { pValue: found, test } = compared(onlyA, onlyB).report();
    expect(found).toBeCloseTo(pValue, 14);
    expect(test).toBe('exact');
  });

  // scipy 1.17.1: chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1)
  it.each([
    [10, 15, 0.4237107971667936],
    [40, 80, 0.0003705772147145869],
    [200, 260, 0.005943374521940561],
  ])('has the p-value of chi-squared with continuity correction where %d and %d differ', (b, c, pValue) => {
    const { pValue: found, test } = compared(b, c).report();
    expect(Math.abs(found / pValue - 1)).toBeLessThan(1e-12);
    expect(test).toBe('chi-squared');
  });

  it('is sure of nothing where as many differ to either side', () => {
    expect(compared(30, 30).pValue).toBe(1);
    expect(compared(12, 13).pValue).toBe(1);
  });

  it('stays finite where the difference is beyond doubt', () => {
    const { pValue } = compared(5, 400);
    expect(Math.abs(pValue / 2.381092296287405e-85 - 1)).toBeLessThan(1e-11);
    expect(compared(0, 100_000).pValue).toBe(0);
  });

  it('says by how much b is better, over how many windows', () => {
    expect(compared(2, 5, 30, 3).report()).toEqual({
      ...{ windows: 40, bothRight: 30, onlyARight: 2, onlyBRight: 5, bothWrong: 3 },
      ...{ difference: 0.075, pValue: 0.453125, test: 'exact' },
    });
  });

  it('is of nothing: no difference, p = 1', () => {
    expect(new McNemar().report()).toMatchObject({ windows: 0, difference: 0, pValue: 1 });
  });

  it('is the same after a restore', () => {
    const state = new StateWriter('t', 1);
    compared(2, 5, 30, 3).write(state);
    expect(McNemar.read(new StateReader(state.finish(), 't', 1))).toEqual(compared(2, 5, 30, 3));
  });
});

describe('erfc', () => {
  // scipy 1.17.1: scipy.special.erfc(x)
  it.each([
    [0, 1],
    [0.1, 0.8875370839817152],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028516],
    [1.9, 0.007209570764742531],
    [1.9999, 0.00467980209297061],
    [2, 0.004677734981047266],
    [2.5, 0.00040695201744495886],
    [4, 1.541725790028002e-8],
    [10, 2.0884875837625446e-45],
    [26, 5.663192408856145e-296],
  ])('of %d is SciPy’s', (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(1e-12);
  });
});
