import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { NameTable } from './name-table.js';

const counters = (most?: number) => new NameTable(() => ({ count: 0 }), most);
const bytesOf = (table: NameTable<{ count: number }>) => {
  const state = new StateWriter('t', 1);
  table.write(state, ({ count }) => state.f64(count));
  return state.finish();
};

describe('a table of names', () => {
  it('forgets the name not met for longest', () => {
    const table = counters(2);
    table.meet('ann').count++;
    table.meet('bob').count++;
    table.meet('ann').count++;
    table.meet('cleo').count++;
    expect([table.peek('ann')?.count, table.peek('bob'), table.peek('cleo')?.count]).toEqual([
      2,
      undefined,
      1,
    ]);
    expect(table.size).toBe(2);
  });

  it('does not count a peek as a meeting', () => {
    const table = counters(2);
    table.meet('ann');
    table.meet('bob');
    table.peek('ann');
    table.meet('cleo');
    expect(table.peek('ann')).toBeUndefined();
  });

  it('forgets in the same order after a restore', () => {
    const table = counters(3);
    for (const name of ['ann', 'bob', 'cleo', 'ann', 'ann']) table.meet(name).count++;
    const restored = counters(3);
    const state = new StateReader(bytesOf(table), 't', 1);
    restored.read(state, (entry) => (entry.count = state.f64()));
    expect(bytesOf(restored)).toEqual(bytesOf(table));
    for (const each of [table, restored]) each.meet('dora');
    expect(bytesOf(restored)).toEqual(bytesOf(table));
    expect(restored.peek('bob')).toBeUndefined();
  });

  it('refuses more names than it keeps', () => {
    const table = counters(3);
    for (const name of ['ann', 'bob', 'cleo']) table.meet(name);
    const state = new StateReader(bytesOf(table), 't', 1);
    expect(() => counters(2).read(state, (entry) => (entry.count = state.f64()))).toThrow(StateFormatError);
  });
});
