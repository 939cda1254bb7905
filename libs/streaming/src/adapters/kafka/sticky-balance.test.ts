import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stickyBalance, type Member } from './sticky-balance.js';

const members = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1 }), holds: fc.array(fc.nat({ max: 12 })) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 6 },
);
const count = fc.integer({ min: 1, max: 12 });

describe('sharing partitions out', () => {
  it('gives each partition to one member, and to each as many as to the others, or one more', () => {
    fc.assert(
      fc.property(members, count, (group, partitions) => {
        const shares = [...stickyBalance(group, partitions).values()];
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, i) => i));
        const sizes = shares.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('changes nothing where it is asked again', () => {
    fc.assert(
      fc.property(members, count, (group, partitions) => {
        const once = stickyBalance(group, partitions);
        const holding: Member[] = [...once].map(([id, holds]) => ({ id, holds }));
        expect(stickyBalance(holding.reverse(), partitions)).toEqual(once);
      }),
    );
  });

  it('takes from those who stay only what a newcomer gets', () => {
    const before = [
      { id: 'a', holds: [0, 2] },
      { id: 'b', holds: [1, 3] },
    ];
    expect([...stickyBalance([...before, { id: '0', holds: [] }], 4)]).toEqual([
      ['0', [3]],
      ['a', [0, 2]],
      ['b', [1]],
    ]);
  });

  it('gives the partitions of one that has gone to those who have least', () => {
    const left = [
      { id: 'a', holds: [0, 2] },
      { id: 'b', holds: [1] },
    ];
    expect([...stickyBalance(left, 4)]).toEqual([
      ['a', [0, 2]],
      ['b', [1, 3]],
    ]);
  });
});
