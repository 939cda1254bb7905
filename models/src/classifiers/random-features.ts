import { fillGaussian } from '../random/gaussian.js';
import { Xoshiro128 } from '../random/xoshiro128.js';

/**
 * The hidden layer of an extreme learning machine (Huang, Zhu & Siew 2006): `tanh(R z + b)` with fixed Gaussian R and
 * b. For standardised z each argument has standard deviation `gain` about its bias, whatever the number of inputs.
 */
export class RandomFeatures {
  /** R in blocks of four units: the four weights of the first input, of the second, … */
  private readonly projection: Float64Array;
  private readonly bias: Float64Array;

  /** @param units how many features, a multiple of 4. */
  constructor(
    readonly dimensions: number,
    readonly units: number,
    seed: number,
    gain: number,
  ) {
    const random = new Xoshiro128(seed);
    this.projection = new Float64Array(units * dimensions);
    this.bias = new Float64Array(units);
    fillGaussian(this.projection, random);
    fillGaussian(this.bias, random);
    const scale = gain / Math.sqrt(dimensions);
    for (let i = 0; i < this.projection.length; i++) this.projection[i] *= scale;
  }

  /** Writes the features of `input[0, dimensions)` to `output[offset, offset + units)`. */
  write(input: Float64Array, output: Float64Array, offset: number): void {
    const { projection, bias, dimensions, units } = this;
    // Four units at a time: one sum waits for itself, four don't wait for each other.
    for (let u = 0, r = 0; u < units; u += 4) {
      let a0 = bias[u];
      let a1 = bias[u + 1];
      let a2 = bias[u + 2];
      let a3 = bias[u + 3];
      for (let i = 0; i < dimensions; i++, r += 4) {
        const z = input[i];
        a0 += projection[r] * z;
        a1 += projection[r + 1] * z;
        a2 += projection[r + 2] * z;
        a3 += projection[r + 3] * z;
      }
      output[offset + u] = Math.tanh(a0);
      output[offset + u + 1] = Math.tanh(a1);
      output[offset + u + 2] = Math.tanh(a2);
      output[offset + u + 3] = Math.tanh(a3);
    }
  }
}
