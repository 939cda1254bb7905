import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { ClassBalance } from './class-balance.js';

function after(counts: readonly number[], classes: number): ClassBalance {
  const balance = new ClassBalance();
  counts.forEach((count, target) => {
    for (let i = 0; i < count; i++) balance.take(target, 1, classes);
  });
  return balance;
}

describe('ClassBalance', () => {
  it('gives windows of the only class the weight 1', () => {
    const balance = new ClassBalance();
    for (let i = 0; i < 50; i++) expect(balance.take(0, 1, 1)).toBe(1);
  });

  it('gives a rare class the mean count over its own', () => {
    // About 40 windows of the first, then the fourth of the second: 44 / 2 / 4.
    expect(after([40, 3], 2).take(1, 1, 2)).toBeCloseTo(5.41, 1);
  });

  it('never gives more than 8, nor less than 1', () => {
    const balance = after([500], 2);
    expect(balance.take(1, 1, 2)).toBe(8);
    expect(balance.take(0, 1, 2)).toBe(1);
  });

  it('forgets how often a class was seen', () => {
    const balance = after([300, 300], 2);
    for (let i = 0; i < 3000; i++) balance.take(0, 1, 2);
    expect(balance.take(1, 1, 2)).toBe(8);
  });

  it('weighs the same after a restore, and refuses damaged counts', () => {
    const balance = after([90, 7, 20], 3);
    const state = new StateWriter('t', 1);
    balance.write(state);
    const restored = new ClassBalance();
    restored.read(new StateReader(state.finish(), 't', 1));
    for (let i = 0; i < 20; i++) expect(restored.take(i % 3, 0.5, 3)).toBe(balance.take(i % 3, 0.5, 3));
    const damaged = new StateWriter('t', 1).f64Array(new Float64Array(32).fill(-1)).finish();
    expect(() => new ClassBalance().read(new StateReader(damaged, 't', 1))).toThrow(StateFormatError);
  });
});
