/** One of the 24 ways to turn a device so that its axes come to lie along its axes again. */
export interface AxisTurn {
  /** The turned x, y, z are these axes of the device, 0 to 2, … */
  readonly axes: readonly [number, number, number];
  /** … times 1 or −1. */
  readonly signs: readonly [number, number, number];
}

const ORDERS = [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
  [0, 2, 1],
  [2, 1, 0],
  [1, 0, 2],
] as const;

/** The turn that changes nothing. */
export const NO_TURN = 0;

/** All 24; the first changes nothing. Mirror images are not among them: no device can be turned into one. */
export const AXIS_TURNS: readonly AxisTurn[] = ORDERS.flatMap((axes) =>
  [1, -1].flatMap((x) =>
    [1, -1].flatMap((y) => {
      const even = axes[1] === (axes[0] + 1) % 3;
      return [{ axes, signs: [x, y, even ? x * y : -x * y] as const }];
    }),
  ),
);

/** Number of the turn that does `first`, then `second`. */
export function followedBy(first: number, second: number): number {
  return COMPOSED[second * AXIS_TURNS.length + first];
}

/** Number of the turn that undoes `turn`. */
export function inverseOf(turn: number): number {
  return INVERSES[turn];
}

const COMPOSED: readonly number[] = AXIS_TURNS.flatMap((second) =>
  AXIS_TURNS.map((first) => {
    const axes = second.axes.map((axis) => first.axes[axis]);
    const signs = second.axes.map((axis, i) => second.signs[i] * first.signs[axis]);
    return AXIS_TURNS.findIndex(
      (turn) => turn.axes.every((axis, i) => axis === axes[i]) && turn.signs.every((s, i) => s === signs[i]),
    );
  }),
);

const INVERSES: readonly number[] = AXIS_TURNS.map((_, turn) =>
  AXIS_TURNS.findIndex((_, other) => followedBy(turn, other) === NO_TURN),
);
