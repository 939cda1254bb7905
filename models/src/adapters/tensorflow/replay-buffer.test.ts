import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../../random/xoshiro128.js';
import { ReplayBuffer } from './replay-buffer.js';

const rows = (buffer: ReplayBuffer) =>
  Array.from({ length: buffer.size }, (_, slot) => {
    const row = new Float32Array(1);
    return { target: buffer.copy(slot, row, 0), value: row[0] };
  });

const countOf = (buffer: ReplayBuffer, target: number) =>
  rows(buffer).filter((row) => row.target === target).length;

describe('the replay buffer', () => {
  it('keeps everything while there is room', () => {
    const buffer = new ReplayBuffer(1, 4);
    const random = new Xoshiro128(1);
    [5, 6, 7].forEach((value, i) => buffer.offer(Float32Array.of(value), i % 2, random));
    expect(rows(buffer)).toEqual([
      { target: 0, value: 5 },
      { target: 1, value: 6 },
      { target: 0, value: 7 },
    ]);
  });

  it('holds as many windows of each class, however late and rare', () => {
    const buffer = new ReplayBuffer(1, 30);
    const random = new Xoshiro128(1);
    for (let i = 0; i < 1000; i++) buffer.offer(Float32Array.of(i), 0, random);
    for (let i = 0; i < 200; i++) buffer.offer(Float32Array.of(i), 1, random);
    for (let i = 0; i < 10; i++) buffer.offer(Float32Array.of(i), 2, random);
    expect([0, 1, 2].map((target) => countOf(buffer, target))).toEqual([10, 10, 10]);
    // All of the rare class, each once.
    const rare = rows(buffer).filter(({ target }) => target === 2);
    expect(new Set(rare.map(({ value }) => value))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it('keeps of the windows of a class each as likely as any other', () => {
    const quarters = [0, 0, 0, 0];
    for (let seed = 0; seed < 200; seed++) {
      const buffer = new ReplayBuffer(1, 20);
      const random = new Xoshiro128(seed);
      for (let i = 0; i < 400; i++) buffer.offer(Float32Array.of(i), 3, random);
      for (const { value } of rows(buffer)) quarters[Math.floor(value / 100)]++;
    }
    // 4,000 draws; the deviation of a quarter's count is less than 28.
    for (const count of quarters) expect(Math.abs(count - 1000)).toBeLessThan(100);
  });

  it('goes on from its state as if nothing had happened, and refuses one of another size', () => {
    const buffer = new ReplayBuffer(1, 8);
    const random = new Xoshiro128(1);
    for (let i = 0; i < 50; i++) buffer.offer(Float32Array.of(i / 3), i % 3, random);
    const state = (of: ReplayBuffer) => {
      const writer = new StateWriter('test', 1);
      of.write(writer);
      return writer.finish();
    };
    const restored = new ReplayBuffer(1, 8);
    restored.read(new StateReader(state(buffer), 'test', 1));
    for (const each of [buffer, restored]) {
      const same = new Xoshiro128(2);
      for (let i = 0; i < 50; i++) each.offer(Float32Array.of(-i), i % 4, same);
    }
    expect(state(restored)).toEqual(state(buffer));
    const other = new ReplayBuffer(1, 9);
    expect(() => other.read(new StateReader(state(buffer), 'test', 1))).toThrow(StateFormatError);
  });
});
