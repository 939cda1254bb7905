import { describe, expect, it } from 'vitest';
import { TurnSums } from './turn-sums.js';

const nats = (of: Readonly<Record<number, number>>) =>
  Float64Array.from({ length: 24 }, (_, turn) => of[turn] ?? -1);

describe('the sums for each turn', () => {
  it('take off the toll, let no window add more than it may, and never fall below 0', () => {
    const sums = new TurnSums({ toll: 0.5, mostAdded: 2 });
    sums.add(nats({ 5: 1.25, 7: 100 }));
    expect([sums.from(2), sums.from(0.75), sums.from(0.76)]).toEqual([[7], [7, 5], [7]]);
    sums.add(nats({ 5: -0.25, 7: -100 }));
    expect(sums.from(0.001)).toEqual([]);
    sums.add(nats({ 5: 1 }));
    expect([sums.from(0.5), sums.from(0.51)]).toEqual([[5], []]);
  });

  it('forget one turn, or all', () => {
    const sums = new TurnSums({ toll: 0, mostAdded: 2 });
    sums.add(nats({ 3: 1, 4: 2 }));
    sums.forget(4);
    expect(sums.from(1)).toEqual([3]);
    sums.clear();
    expect(sums.from(0.001)).toEqual([]);
  });

  it('stay at 20 however much speaks for a turn', () => {
    const sums = new TurnSums({ toll: 0, mostAdded: 2 });
    for (let i = 0; i < 50; i++) sums.add(nats({ 3: 2 }));
    expect([sums.from(20), sums.from(20.01)]).toEqual([[3], []]);
  });
});
