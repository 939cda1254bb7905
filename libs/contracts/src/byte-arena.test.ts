import { describe, expect, it } from 'vitest';
import { ByteArena } from './byte-arena.js';

describe('an arena of bytes', () => {
  it('hands out pieces that do not overlap, each at a multiple of eight', () => {
    const arena = new ByteArena();
    const pieces = [3, 0, 8, 1 << 20, 5, 3 << 20, 7].map((length, i) => arena.take(length).fill(i + 1));
    expect(pieces.map(({ length }) => length)).toEqual([3, 0, 8, 1 << 20, 5, 3 << 20, 7]);
    expect(pieces.every(({ byteOffset }) => byteOffset % 8 === 0)).toBe(true);
    expect(pieces.every((piece, i) => piece.every((byte) => byte === i + 1))).toBe(true);
  });

  it('hands out the same room again once it is cleared', () => {
    const arena = new ByteArena();
    const first = [arena.take(100), arena.take(3 << 20), arena.take(10)];
    arena.clear();
    const second = [arena.take(100), arena.take(3 << 20), arena.take(10)];
    expect(second.map(({ buffer }) => buffer)).toEqual(first.map(({ buffer }) => buffer));
    expect(second.every(({ buffer }, i) => buffer === first[i].buffer)).toBe(true);
  });

  it('copies bytes', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const copied = new ByteArena().copy(bytes);
    bytes.fill(0);
    expect([...copied]).toEqual([1, 2, 3]);
  });
});
