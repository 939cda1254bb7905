import { AXIS_TURNS, NO_TURN } from './axis-turns.js';

const AXES = ['x', 'y', 'z'];
const SENSORS = ['acc', 'gyro'];
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/**
 * What the features of `@hark/features` would have been, had the device been turned about its axes: exactly, for what
 * is read off an axis moves to another, and where the axis is turned round its highest value becomes its lowest.
 */
export class TurnedFeatures {
  /** For each turn and feature: which feature it is taken from, and its sign. */
  private readonly source: readonly Int32Array[];
  private readonly sign: readonly Float64Array[];

  /** @param names of all features, in their order. */
  constructor(names: readonly string[]) {
    const index = new Map(names.map((name, i) => [name, i]));
    const at = (name: string) => {
      const found = index.get(name);
      if (found === undefined) throw new RangeError(`features that can be turned need ${name}`);
      return found;
    };
    this.source = AXIS_TURNS.map(({ axes, signs }) =>
      Int32Array.from(names, (name, i) => {
        const [axis, before, after] = axisOf(name);
        if (axis >= 0) return at(before + AXES[axes[axis]] + (signs[axis] < 0 ? opposite(after) : after));
        const pair = pairOf(name);
        if (pair === null) return i;
        const [a, b] = [axes[pair.axes[0]], axes[pair.axes[1]]];
        return at(`${pair.sensor}_${AXES[Math.min(a, b)]}${AXES[Math.max(a, b)]}_correlation`);
      }),
    );
    this.sign = AXIS_TURNS.map(({ signs }) =>
      Float64Array.from(names, (name) => {
        const [axis, before] = axisOf(name);
        if (axis >= 0) return before === 'gravity_' ? signs[axis] : 1;
        const pair = pairOf(name);
        return pair === null ? 1 : signs[pair.axes[0]] * signs[pair.axes[1]];
      }),
    );
  }

  /** @returns `x` itself for no turn, else `out` with the turned features. */
  write(turn: number, x: Float64Array, out: Float64Array): Float64Array {
    if (turn === NO_TURN) return x;
    const source = this.source[turn];
    const sign = this.sign[turn];
    for (let i = 0; i < source.length; i++) out[i] = sign[i] * x[source[i]];
    return out;
  }
}

/** Whether these are features that tell how a device is turned. */
export function canBeTurned(names: readonly string[]): boolean {
  return names.includes('gravity_x');
}

/** The axis that a feature is read off, or −1, and what stands before and after it in the name. */
function axisOf(name: string): [axis: number, before: string, after: string] {
  const found = /^(gravity_|acc_|gyro_)([xyz])($|_.*)/.exec(name);
  return found === null ? [-1, '', ''] : [AXES.indexOf(found[2]), found[1], found[3]];
}

/** The two axes of which a feature is the correlation. */
function pairOf(name: string): { readonly sensor: string; readonly axes: readonly [number, number] } | null {
  for (const sensor of SENSORS) {
    for (const axes of PAIRS) {
      if (name === `${sensor}_${AXES[axes[0]]}${AXES[axes[1]]}_correlation`) return { sensor, axes };
    }
  }
  return null;
}

function opposite(of: string): string {
  return of === '_max' ? '_min' : of === '_min' ? '_max' : of;
}
