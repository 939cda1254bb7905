import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { ConfusionMatrix } from './confusion-matrix.js';
import { Prequential } from './prequential.js';

const CLASSES = ['sit', 'walk', 'bike'];
const truthOf = (i: number) => CLASSES[(i >> 3) % 3];
const predictedOf = (i: number) => CLASSES[((i >> 3) + (i % 5 === 0 ? 1 : 0)) % 3];

const scored = (count: number) => {
  const made = new Prequential(20);
  for (let i = 0; i < count; i++) made.add(truthOf(i), predictedOf(i), 'ann');
  return made;
};

describe('Prequential', () => {
  it('scores all windows, and the last ones apart', () => {
    const naive = new ConfusionMatrix();
    for (let i = 80; i < 100; i++) naive.add(truthOf(i), predictedOf(i));
    const made = scored(100);
    expect(made.overall.accuracy).toBe(0.8);
    expect(made.summary().windows).toBe(100);
    const { windows, accuracy, kappa, macroF1 } = made.sliding.summary();
    expect([windows, accuracy]).toEqual([20, naive.accuracy]);
    expect(kappa).toBeCloseTo(naive.kappa, 14);
    expect(macroF1).toBeCloseTo(naive.macroF1, 14);
  });

  it('compares with repeating the last label of the same stream', () => {
    const made = new Prequential(10);
    // ann always sits, bob always walks, windows in turn: only the first of each is a change.
    for (let i = 0; i < 20; i++) {
      const label = i % 2 === 0 ? 'sit' : 'walk';
      made.add(label, i < 4 ? 'bike' : label, i % 2 === 0 ? 'ann' : 'bob');
    }
    // (0.8 − 0.9) / (1 − 0.9)
    expect(made.kappaTemporal).toBeCloseTo(-1, 12);
  });

  it('has a kappa-temporal of 0 before the first window', () => {
    expect(new Prequential(5).kappaTemporal).toBe(0);
  });

  it('is the same after a restore at any window', () => {
    for (const cut of [0, 7, 20, 33]) {
      const state = new StateWriter('t', 1);
      scored(cut).write(state);
      const restored = Prequential.read(new StateReader(state.finish(), 't', 1));
      for (let i = cut; i < 60; i++) restored.add(truthOf(i), predictedOf(i), 'ann');
      expect(restored.summary()).toEqual(scored(60).summary());
      expect(restored.sliding.summary()).toEqual(scored(60).sliding.summary());
      expect(restored.kappaTemporal).toBe(scored(60).kappaTemporal);
    }
  });
});
