import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { inverseOf } from './axis-turns.js';
import { TurnConfirmation } from './turn-confirmation.js';

/** Adds the same window `times`; whether the turn became certain with one of them. */
function add(confirmation: TurnConfirmation, target: number, nats: number, times = 2, device = 'a'): boolean {
  let certain = false;
  for (let i = 0; i < times; i++)
    certain = confirmation.add(device, target, nats)?.certain === true || certain;
  return certain;
}

function asked(leastDevices: 0 | 2 = 0): TurnConfirmation {
  const confirmation = new TurnConfirmation(leastDevices);
  confirmation.begin(5);
  return confirmation;
}

describe('a turn in question', () => {
  it('is certain once two activities speak for it; then no longer asked', () => {
    const confirmation = asked();
    expect(add(confirmation, 0, 2, 10)).toBe(false);
    expect(confirmation.add('a', 1, 2)).toBeNull();
    expect(confirmation.add('a', 1, 2)).toEqual({ turn: 5, certain: true });
    expect(confirmation.turn).toBe(0);
    expect(add(confirmation, 2, 2, 10)).toBe(false);
  });

  it('is not certain for one activity that another speaks against, nor by small and mixed evidence', () => {
    const confirmation = asked();
    expect(add(confirmation, 0, -2)).toBe(false);
    expect(add(confirmation, 1, 2, 20)).toBe(false);
    expect(add(confirmation, 2, 2)).toBe(false);
    expect(add(confirmation, 3, 2)).toBe(true);
    const mixed = asked();
    for (let i = 0; i < 60; i++) expect(mixed.add('a', i % 2, i % 4 < 2 ? 2 : -2)).toBeNull();
  });

  it('is certain for one activity that goes on for 40 windows', () => {
    const confirmation = asked();
    expect(add(confirmation, 0, 2, 39)).toBe(false);
    expect(confirmation.add('a', 0, 2)?.certain).toBe(true);
  });

  it('of all devices needs two of them', () => {
    const confirmation = asked(2);
    expect(add(confirmation, 0, 2) || add(confirmation, 1, 2)).toBe(false);
    expect(add(confirmation, 1, 2, 2, 'b')).toBe(true);
  });

  it('is wrong once two activities more speak against it; of all devices also when it is not certain in 100 windows', () => {
    const confirmation = asked();
    expect(add(confirmation, 0, -2)).toBe(false);
    expect(confirmation.add('a', 1, -2)).toBeNull();
    expect(confirmation.add('a', 1, -2)).toEqual({ turn: 5, certain: false });
    expect(confirmation.turn).toBe(0);
    const ofAll = asked(2);
    for (let i = 0; i < 99; i++) expect(ofAll.add('a', i % 2, 2)).toBeNull();
    expect(ofAll.add('a', 0, 2)?.certain).toBe(false);
  });

  it('that is taken back is not asked about any more, and after 300 windows neither', () => {
    const confirmation = asked();
    confirmation.begin(inverseOf(5));
    expect([confirmation.turn, add(confirmation, 0, 2), add(confirmation, 1, 2)]).toEqual([0, false, false]);
    const undecided = asked();
    for (let i = 0; i < 300; i++) undecided.add('a', 0, i % 2 === 0 ? 1 : -1);
    expect(undecided.turn).toBe(0);
  });

  it('is the same after a restore; a damaged one is refused', () => {
    const confirmation = asked(2);
    add(confirmation, 3, 0.7);
    const state = new StateWriter('t', 1);
    confirmation.write(state);
    const restored = new TurnConfirmation(2);
    restored.read(new StateReader(state.finish(), 't', 1));
    expect(restored).toEqual(confirmation);
    const damaged = new StateWriter('t', 1).u8(24).u32(0).u8(0).u8(0).finish();
    expect(() => new TurnConfirmation(0).read(new StateReader(damaged, 't', 1))).toThrow(StateFormatError);
  });
});
