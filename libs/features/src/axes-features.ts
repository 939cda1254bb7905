import type { AxesGrid } from './resample.js';
import type { Series } from './series.js';
import type { SeriesFeatures } from './series-features.js';

const AXES = ['x', 'y', 'z'] as const;
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/**
 * Features of one sensor in the device's own axes: those of each axis, then how each two axes move together
 * (covariance over the root of both scales, −1 to 1).
 */
export class AxesFeatures {
  readonly names: readonly string[];
  /** Covariance matrix, row by row, of the last {@link write}; the upper triangle. */
  readonly covariance = new Float64Array(9);
  private readonly centred: readonly Float64Array[];
  private readonly scales = new Float64Array(3);

  constructor(
    prefix: string,
    private readonly perAxis: readonly SeriesFeatures[],
    points: number,
  ) {
    this.names = [
      ...AXES.flatMap((axis) =>
        perAxis.flatMap((part) => part.names.map((name) => `${prefix}_${axis}_${name}`)),
      ),
      ...PAIRS.map(([a, b]) => `${prefix}_${AXES[a]}${AXES[b]}_correlation`),
    ];
    this.centred = AXES.map(() => new Float64Array(points));
  }

  /** Writes `names.length` values from `out[at]` on; `series` is scratch. */
  write(grid: AxesGrid, noise: number, series: Series, out: Float64Array, at: number): void {
    let next = at;
    for (let axis = 0; axis < 3; axis++) {
      series.load(grid[AXES[axis]], grid.x.length, noise);
      for (const part of this.perAxis) {
        part.write(series, out, next);
        next += part.names.length;
      }
      this.centred[axis].set(series.centred);
      this.scales[axis] = series.scale;
      this.covariance[axis * 4] = series.variance;
    }
    for (const [a, b] of PAIRS) {
      const covariance = meanProduct(this.centred[a], this.centred[b]);
      this.covariance[a * 3 + b] = covariance;
      out[next++] = covariance / Math.sqrt(this.scales[a] * this.scales[b]);
    }
  }
}

function meanProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum / a.length;
}
