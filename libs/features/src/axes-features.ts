import type { AxesGrid } from './resample.js';
import { Series } from './series.js';
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
  private readonly series: readonly [Series, Series, Series];

  constructor(
    prefix: string,
    private readonly perAxis: readonly SeriesFeatures[],
    points: number,
    rate: number,
  ) {
    this.names = [
      ...AXES.flatMap((axis) =>
        perAxis.flatMap((part) => part.names.map((name) => `${prefix}_${axis}_${name}`)),
      ),
      ...PAIRS.map(([a, b]) => `${prefix}_${AXES[a]}${AXES[b]}_correlation`),
    ];
    this.series = [new Series(points, rate), new Series(points, rate), new Series(points, rate)];
  }

  /** Writes `names.length` values from `out[at]` on. */
  write(grid: AxesGrid, noise: number, out: Float64Array, at: number): void {
    const { series, covariance } = this;
    this.load(grid, noise);
    let next = at;
    for (const axis of series) {
      for (const part of this.perAxis) {
        part.write(axis, out, next);
        next += part.names.length;
      }
    }
    for (const [a, b] of PAIRS) {
      out[next++] = covariance[a * 3 + b] / Math.sqrt(series[a].scale * series[b].scale);
    }
  }

  /** The three axes together, in passes of all: a sum then waits for itself alone, while others are added to. */
  private load({ x, y, z }: AxesGrid, noise: number): void {
    const { series, covariance } = this;
    const { length } = x;
    let sumX = 0;
    let sumY = 0;
    let sumZ = 0;
    for (let i = 0; i < length; i++) {
      sumX += x[i];
      sumY += y[i];
      sumZ += z[i];
    }
    const meanX = sumX / length;
    const meanY = sumY / length;
    const meanZ = sumZ / length;
    const { centred: centredX } = series[0];
    const { centred: centredY } = series[1];
    const { centred: centredZ } = series[2];
    let xx = 0;
    let yy = 0;
    let zz = 0;
    let xy = 0;
    let xz = 0;
    let yz = 0;
    for (let i = 0; i < length; i++) {
      const cx = x[i] - meanX;
      const cy = y[i] - meanY;
      const cz = z[i] - meanZ;
      centredX[i] = cx;
      centredY[i] = cy;
      centredZ[i] = cz;
      xx += cx * cx;
      yy += cy * cy;
      zz += cz * cz;
      xy += cx * cy;
      xz += cx * cz;
      yz += cy * cz;
    }
    let minX = 0;
    let maxX = 0;
    let minY = 0;
    let maxY = 0;
    let minZ = 0;
    let maxZ = 0;
    for (let i = 0; i < length; i++) {
      const cx = centredX[i];
      const cy = centredY[i];
      const cz = centredZ[i];
      if (cx < minX) minX = cx;
      if (cx > maxX) maxX = cx;
      if (cy < minY) minY = cy;
      if (cy > maxY) maxY = cy;
      if (cz < minZ) minZ = cz;
      if (cz > maxZ) maxZ = cz;
    }
    series[0].begin(length, meanX, xx, minX, maxX, noise);
    series[1].begin(length, meanY, yy, minY, maxY, noise);
    series[2].begin(length, meanZ, zz, minZ, maxZ, noise);
    covariance[0] = xx / length;
    covariance[1] = xy / length;
    covariance[2] = xz / length;
    covariance[4] = yy / length;
    covariance[5] = yz / length;
    covariance[8] = zz / length;
  }
}
