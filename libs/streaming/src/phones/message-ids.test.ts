import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageIds } from './message-ids.js';

describe('the ids of messages', () => {
  it('counts what is missing between the first and the last', () => {
    const ids = new MessageIds();
    for (const id of [5, 9, 6, 3]) ids.add(id);
    expect(ids.entries).toEqual([
      [3, 3],
      [5, 6],
      [9, 9],
    ]);
    expect(ids.missing).toBe(3);
  });

  it('remembers the same as a set, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), (added) => {
        const ids = new MessageIds();
        for (const id of added) ids.add(id);
        const again = new MessageIds(ids.entries);
        const set = new Set(added);
        for (let id = 0; id <= 61; id++) expect(again.has(id)).toBe(set.has(id));
        const span = added.length === 0 ? 0 : Math.max(...added) - Math.min(...added) + 1;
        expect(again.missing).toBe(span - set.size);
      }),
    );
  });

  it('gives the oldest gap up when there are more than 64 ranges', () => {
    const ids = new MessageIds();
    for (let id = 0; id <= 130; id += 2) ids.add(id);
    expect(ids.entries).toHaveLength(64);
    expect([ids.has(1), ids.has(3), ids.has(5)]).toEqual([true, true, false]);
  });
});
