import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Differences below this fraction of a feature's magnitude are rounding noise. */
const NOISE = 1e-9;
/** Beyond it neither inputs nor outputs are followed; keeps squares and results finite. */
const LARGEST_INPUT = 1e150;
const LARGEST_DEVIATE = 1e6;

/**
 * Brings features to one scale: `asinh((x − mean) / deviation)`, mean and deviation by Welford (1962).
 *
 * The scale of a feature settles: it is taken from the first `settleAfter` windows since the feature first varied, and
 * then stands for ever. A scale that went on moving would leave least squares with sums in units that no longer hold,
 * which costs more accuracy than a scale taken from a poor sample. What makes a poor sample harmless is asinh: nearly
 * linear within a deviation or two, logarithmic far out, so values far beyond the first windows' range (walking, when
 * all one had seen was sitting) stay apart instead of being clipped together.
 */
export class RunningScaler {
  /** Windows in each feature's statistics; stays 1 as long as the feature has not varied. */
  private readonly count: Float64Array;
  private readonly mean: Float64Array;
  /** Sums of squared deviations from the mean. */
  private readonly squares: Float64Array;
  /** 1 / deviation; 0 until the feature has varied. */
  private readonly factor: Float64Array;

  constructor(
    readonly dimensions: number,
    readonly settleAfter: number,
  ) {
    this.count = new Float64Array(dimensions);
    this.mean = new Float64Array(dimensions);
    this.squares = new Float64Array(dimensions);
    this.factor = new Float64Array(dimensions);
  }

  /** Takes finite values into account, for the features that have not settled. @returns whether any scale moved. */
  update(x: Float64Array): boolean {
    const { count, mean, squares, factor, dimensions, settleAfter } = this;
    let moved = false;
    for (let i = 0; i < dimensions; i++) {
      const n = count[i];
      if (n === settleAfter) continue;
      const value = Math.max(-LARGEST_INPUT, Math.min(LARGEST_INPUT, x[i]));
      if (n === 0) {
        count[i] = 1;
        mean[i] = value;
        moved = true;
        continue;
      }
      const delta = value - mean[i];
      if (n === 1 && Math.abs(delta) <= NOISE * Math.abs(mean[i])) continue;
      moved = true;
      count[i] = n + 1;
      mean[i] += delta / (n + 1);
      squares[i] += delta * (value - mean[i]);
      factor[i] = squares[i] > 0 ? 1 / Math.sqrt(squares[i] / (n + 1)) : 0;
    }
    return moved;
  }

  /** Writes the scaled values to `output[0, dimensions)`: finite, within ±14.6. */
  standardise(x: Float64Array, output: Float64Array): void {
    const { mean, factor, dimensions } = this;
    for (let i = 0; i < dimensions; i++) {
      // A constant feature has deviate 0 whatever comes, also when the difference overflows.
      const z = factor[i] === 0 ? 0 : (x[i] - mean[i]) * factor[i];
      output[i] = Math.asinh(Math.max(-LARGEST_DEVIATE, Math.min(LARGEST_DEVIATE, z)));
    }
  }

  write(state: StateWriter): void {
    state.f64Array(this.count).f64Array(this.mean).f64Array(this.squares).f64Array(this.factor);
  }

  read(state: StateReader): void {
    for (const values of [this.count, this.mean, this.squares, this.factor]) {
      values.set(state.f64Array(this.dimensions));
      if (!values.every(Number.isFinite)) throw new StateFormatError('the scaler is not finite');
    }
  }
}
