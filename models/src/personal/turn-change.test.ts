import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { TurnChange } from './turn-change.js';

const SIT = 0;
const WALK = 1;

/** Nats for turn 5, and against all others. */
function nats(forTurn: number): Float64Array {
  const said = new Float64Array(24).fill(-4);
  said[0] = 0;
  said[5] = forTurn;
  return said;
}

/** Adds the same window `times`. @returns after how many of them the change was sure; 0 if it never was. */
function add(change: TurnChange, target: number, forTurn: number, times: number): number {
  for (let i = 1; i <= times; i++) {
    change.weigh(target, nats(forTurn), new Float64Array(24));
    if (change.turn !== null) return i;
  }
  return 0;
}

describe('a change of how a device lies', () => {
  it('is sure after six windows that lie otherwise than those before, and names the turn that undoes it', () => {
    const change = new TurnChange();
    expect(add(change, SIT, -4, 20)).toBe(0);
    // 1.5 nats a window at most, and 9 are asked for.
    expect(add(change, SIT, 4, 20)).toBe(6);
    expect(change.turn).toBe(5);
  });

  it('is none of somebody who always sits askew', () => {
    const change = new TurnChange();
    add(change, WALK, -4, 20);
    expect(add(change, SIT, 4, 500)).toBe(0);
  });

  it('is not asked for in an activity of which fewer than eight windows are known', () => {
    const change = new TurnChange();
    const excess = new Float64Array(24).fill(7);
    for (let i = 0; i < 8; i++) expect(change.weigh(SIT, nats(-4), excess)).toBe(false);
    expect(excess[5]).toBe(7);
    expect(change.weigh(SIT, nats(3), excess)).toBe(true);
    expect(excess[5]).toBe(3);
    expect(change.weigh(12, nats(3), excess)).toBe(false);
  });

  it('counts only what is more than usual', () => {
    const change = new TurnChange();
    add(change, SIT, 1, 8);
    const excess = new Float64Array(24);
    change.weigh(SIT, nats(3), excess);
    expect([excess[5], excess[6]]).toEqual([2, -4]);
  });

  it('begins anew when it has settled, and with what is usual for another device when it takes its place', () => {
    const old = new TurnChange();
    add(old, SIT, -4, 20);
    const swapped = new TurnChange();
    swapped.takeOver(old);
    expect(add(swapped, SIT, 4, 20)).toBe(6);
    expect(old.turn).toBeNull();
    swapped.settle(0);
    expect([swapped.turn, add(swapped, SIT, 4, 20)]).toEqual([null, 0]);
  });

  it('is sure of the way back, once it has settled to lie otherwise', () => {
    const change = new TurnChange();
    change.settle(5);
    add(change, SIT, 4, 20);
    expect(add(change, SIT, -4, 20)).toBe(6);
    expect(change.turn).toBe(0);
  });

  it('is the same after a restore; a damaged one is refused', () => {
    const change = new TurnChange();
    change.turnsOfAll = 3;
    add(change, WALK, -2, 12);
    add(change, WALK, 2, 3);
    const state = new StateWriter('t', 1);
    change.write(state);
    const restored = new TurnChange();
    restored.read(new StateReader(state.finish(), 't', 1));
    expect(restored).toEqual(change);
    const damaged = new StateWriter('t', 1).f64(0).u8(0).u8(17).finish();
    expect(() => new TurnChange().read(new StateReader(damaged, 't', 1))).toThrow(StateFormatError);
  });
});
