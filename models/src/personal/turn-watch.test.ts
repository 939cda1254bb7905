import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { TurnWatch } from './turn-watch.js';

/** Nats for one turn, and against all others. */
function forTurn(turn: number, nats: number): Float64Array {
  const evidence = new Float64Array(24).fill(-1);
  evidence[0] = 0;
  evidence[turn] = nats;
  return evidence;
}

const kept = (x: Float64Array, target: number, missed: boolean) => ({ x, target, missed, device: 'phone' });

describe('the watch over a turn', () => {
  it('names the turns that enough windows speak for, the most first', () => {
    const watch = new TurnWatch();
    watch.weigh(forTurn(5, 1.6));
    expect(watch.candidates(3)).toEqual([]);
    watch.weigh(forTurn(5, 1.6));
    expect(watch.candidates(3)).toEqual([5]);
    const both = forTurn(5, 0.1);
    both[7] = 9;
    for (let i = 0; i < 2; i++) watch.weigh(both);
    expect(watch.candidates(3)).toEqual([7, 5]);
  });

  it('lets no window say more than 2 nats, and forgets what later ones contradict', () => {
    const watch = new TurnWatch();
    watch.weigh(forTurn(5, 100));
    expect(watch.candidates(2)).toEqual([5]);
    expect(watch.candidates(2.01)).toEqual([]);
    watch.weigh(forTurn(6, -1));
    expect(watch.candidates(1)).toEqual([]);
  });

  it('does not grow on windows that speak for nothing', () => {
    const watch = new TurnWatch();
    for (let i = 0; i < 1000; i++) watch.weigh(new Float64Array(24));
    expect(watch.candidates(0.001)).toEqual([]);
  });

  it('wants new evidence for a turn that was refused', () => {
    const watch = new TurnWatch();
    for (let i = 0; i < 5; i++) watch.weigh(forTurn(5, 2));
    watch.refuse(5);
    expect(watch.candidates(0.001)).toEqual([]);
  });

  it('keeps the last eight windows, and counts recent misses', () => {
    const watch = new TurnWatch();
    for (let i = 0; i < 10; i++) watch.keep(kept(Float64Array.of(i), 0, i >= 8));
    expect(watch.windows.map(({ x }) => x[0])).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(watch.misses).toBeCloseTo(1.8, 12);
    expect(watch.recentError).toBe(0.25);
    watch.begin();
    expect([watch.windows.length, watch.misses]).toEqual([0, 0]);
  });

  it('is the same after a restore', () => {
    const watch = new TurnWatch();
    watch.turn = 3;
    watch.weigh(forTurn(5, 2));
    watch.keep(kept(Float64Array.of(1, 2), 4, true));
    watch.confirmation.begin(7);
    watch.change.weigh(1, forTurn(5, 2), new Float64Array(24));
    watch.confirmation.add('phone', 4, 1.5);
    const state = new StateWriter('t', 1);
    watch.write(state);
    const restored = new TurnWatch();
    restored.read(new StateReader(state.finish(), 't', 1), 2);
    expect(restored).toEqual(watch);
  });
});
