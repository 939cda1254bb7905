import { describe, expect, it } from 'vitest';
import { Producers, TooManyProducersError, type Producer } from './producers.js';

const at = (sequence: number, finished = false): Producer => ({ sequence, finished, devices: [] });

describe('Producers', () => {
  it('knows nothing of a producer that has not been there', () => {
    expect(Producers.of([]).get('p')).toEqual({ sequence: 0, finished: false, devices: [] });
  });

  it('leaves the table as it was and makes a changed one', () => {
    const before = Producers.of([['p', at(1)]]);
    const after = before.with(new Map([['p', at(2)]]));
    expect([before.get('p').sequence, after.get('p').sequence]).toEqual([1, 2]);
    expect(Producers.of(after.entries).get('p').sequence).toBe(2);
  });

  it('drops the oldest of those that have finished and never one that has not', () => {
    const producers = Producers.of(
      [
        ['running', at(9)],
        ['old', at(1, true)],
        ['new', at(1, true)],
      ],
      2,
    );
    const entries = producers.with(new Map([['newest', at(3, true)]])).entries;
    expect(entries.map(([id]) => id)).toEqual(['running', 'new', 'newest']);
  });

  it('admits no more than the limit that have not finished', () => {
    const producers = Producers.of(
      [
        ['a', at(1)],
        ['b', at(1)],
      ],
      2,
    );
    expect(() => producers.admit('c')).toThrow(TooManyProducersError);
    producers.admit('a');
    producers.with(new Map([['a', at(2, true)]])).admit('c');
  });
});
