import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { CommonTurnChange } from './common-turn-change.js';

function forTurn(turn: number, nats: number): Float64Array {
  const excess = new Float64Array(24).fill(-2);
  excess[turn] = nats;
  return excess;
}

describe('a change of how several devices lie', () => {
  it('is sure when two windows of each of three devices speak for the same turn', () => {
    const change = new CommonTurnChange();
    for (const device of ['a', 'b', 'c', 'a', 'b']) change.add(device, forTurn(5, 9));
    expect(change.turn).toBeNull();
    change.add('c', forTurn(5, 9));
    change.add('a', forTurn(5, 9));
    expect(change.turn).toBe(5);
    change.clear();
    expect(change.turn).toBeNull();
  });

  it('is not the change of one device, however sure that is', () => {
    const change = new CommonTurnChange();
    for (let i = 0; i < 60; i++) change.add('a', forTurn(5, 9));
    expect(change.turn).toBeNull();
    change.add('b', forTurn(5, 9));
    expect(change.turn).toBeNull();
  });

  it('is none while as many speak against it', () => {
    const change = new CommonTurnChange();
    for (let i = 0; i < 200; i++) change.add(`d${i % 4}`, forTurn(5, i % 2 === 0 ? 9 : -9));
    expect(change.turn).toBeNull();
  });

  it('is the same after a restore; a damaged one is refused', () => {
    const change = new CommonTurnChange();
    for (let i = 0; i < 5; i++) change.add(`d${i}`, forTurn(5, 1.1));
    const state = new StateWriter('t', 1);
    change.write(state);
    const bytes = state.finish();
    const restored = new CommonTurnChange();
    restored.read(new StateReader(bytes, 't', 1));
    expect(restored).toEqual(change);
    const damaged = new StateWriter('t', 1).f64Array(new Float64Array(24)).u8(33).finish();
    expect(() => new CommonTurnChange().read(new StateReader(damaged, 't', 1))).toThrow(StateFormatError);
  });
});
