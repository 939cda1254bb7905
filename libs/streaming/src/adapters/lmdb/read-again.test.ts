import { describe, expect, it } from 'vitest';
import { readAgain } from './read-again.js';

class Damage extends Error {}
const isDamage = (error: unknown) => error instanceof Damage;

/** Throws each of these, then gives 7. */
function read(...errors: readonly Error[]) {
  const left = [...errors];
  return () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 7;
  };
}

describe('a read that finds damage', () => {
  it('is tried a few times more, and gives what one of them does', () => {
    expect(readAgain(read(new Damage(), new Damage(), new Damage()), isDamage)).toBe(7);
  });

  it('says what the last of them says, where all do', () => {
    const errors = ['a', 'b', 'c', 'd', 'e'].map((text) => new Damage(text));
    expect(() => readAgain(read(...errors), isDamage)).toThrow(errors[3]);
  });

  it('is not tried again after any other error', () => {
    const error = new RangeError('x');
    expect(() => readAgain(read(new Damage(), error), isDamage)).toThrow(error);
  });
});
