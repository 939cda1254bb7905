import type { AxesGrid } from './resample.js';

/** Below this mean acceleration (m/s²) the sensor has gravity removed, or the device was falling. */
export const GRAVITY_FLOOR = 1;

/**
 * Which way up the device was: the mean acceleration of the window as a unit vector in the device's axes. Without
 * gravity it is the zero vector; everything is horizontal then.
 */
export class Gravity {
  x = 0;
  y = 0;
  z = 0;
  /** The mean acceleration itself, m/s²: x, y, z. */
  readonly mean = new Float64Array(3);
  /** m/s² by which the mean of the second half of the window differs from that of the first. */
  change = 0;
  /** Sums of either half of the window. */
  private readonly early = new Float64Array(3);
  private readonly late = new Float64Array(3);

  update(acceleration: AxesGrid): void {
    const { x } = acceleration;
    const half = x.length >>> 1;
    const rest = x.length - half;
    const { early, late, mean } = this;
    sums(acceleration, 0, half, early);
    sums(acceleration, half, x.length, late);
    for (let axis = 0; axis < 3; axis++) mean[axis] = (early[axis] + late[axis]) / x.length;
    const size = Math.sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]);
    const factor = size > GRAVITY_FLOOR ? 1 / size : 0;
    this.x = mean[0] * factor;
    this.y = mean[1] * factor;
    this.z = mean[2] * factor;
    const dx = late[0] / rest - early[0] / half;
    const dy = late[1] / rest - early[1] / half;
    const dz = late[2] / rest - early[2] / half;
    this.change = Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /**
   * Splits a vector signal into its part along gravity, with its sign, and the size of what is across it.
   *
   * @param offset taken off each vector first: x, y, z.
   */
  split(signal: AxesGrid, offset: Float64Array, along: Float64Array, across: Float64Array): void {
    const { x, y, z } = signal;
    const [offX, offY, offZ] = [offset[0], offset[1], offset[2]];
    const [upX, upY, upZ] = [this.x, this.y, this.z];
    for (let i = 0; i < x.length; i++) {
      const dx = x[i] - offX;
      const dy = y[i] - offY;
      const dz = z[i] - offZ;
      const up = dx * upX + dy * upY + dz * upZ;
      const hx = dx - up * upX;
      const hy = dy - up * upY;
      const hz = dz - up * upZ;
      along[i] = up;
      across[i] = Math.sqrt(hx * hx + hy * hy + hz * hz);
    }
  }
}

function sums({ x, y, z }: AxesGrid, from: number, to: number, out: Float64Array): void {
  let sumX = 0;
  let sumY = 0;
  let sumZ = 0;
  for (let i = from; i < to; i++) {
    sumX += x[i];
    sumY += y[i];
    sumZ += z[i];
  }
  out[0] = sumX;
  out[1] = sumY;
  out[2] = sumZ;
}
