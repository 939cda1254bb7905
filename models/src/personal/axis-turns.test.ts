import { describe, expect, it } from 'vitest';
import { AXIS_TURNS, NO_TURN, followedBy, inverseOf } from './axis-turns.js';

function applied(turn: number, vector: readonly number[]): number[] {
  const { axes, signs } = AXIS_TURNS[turn];
  return axes.map((axis, i) => signs[i] * vector[axis]);
}

/** The sign of the volume that the turned axes span. */
function handedness(turn: number): number {
  const [a, b, c] = [applied(turn, [1, 0, 0]), applied(turn, [0, 1, 0]), applied(turn, [0, 0, 1])];
  const cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  return cross[0] * c[0] + cross[1] * c[1] + cross[2] * c[2];
}

describe('turns about the axes', () => {
  it('are 24, all different, none a mirror image', () => {
    const images = AXIS_TURNS.map((_, turn) => applied(turn, [1, 2, 3]).join());
    expect(new Set(images).size).toBe(24);
    expect(AXIS_TURNS.map((_, turn) => handedness(turn))).toEqual(Array<number>(24).fill(1));
    expect(images[NO_TURN]).toBe('1,2,3');
  });

  it('compose and are undone', () => {
    for (let first = 0; first < 24; first++) {
      expect(followedBy(first, inverseOf(first))).toBe(NO_TURN);
      for (let second = 0; second < 24; second++) {
        const both = applied(second, applied(first, [1, 2, 3]));
        expect(applied(followedBy(first, second), [1, 2, 3])).toEqual(both);
      }
    }
  });
});
