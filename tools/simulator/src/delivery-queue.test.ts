import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryQueue } from './delivery-queue.js';

describe('DeliveryQueue', () => {
  it('gives back everything, sorted by time and then by rank', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = new DeliveryQueue<{ at: number; rank: number }>();
        const items = times.map((at, rank) => ({ at, rank }));
        for (const item of items) queue.push(item);
        const taken = items.map(() => queue.pop());
        expect(taken).toEqual([...items].sort((a, b) => a.at - b.at || a.rank - b.rank));
        expect(queue.pop()).toBeUndefined();
      }),
    );
  });
});
