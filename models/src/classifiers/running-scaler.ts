import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Differences below this fraction of a feature's magnitude are rounding noise. */
const NOISE = 1e-9;
/** Beyond it neither inputs nor outputs are followed; keeps squares and results finite. */
const LARGEST_INPUT = 1e150;
const LARGEST_DEVIATE = 1e6;

/** How {@link RunningScaler} comes to its scale. */
export interface ScalerOptions {
  /** Windows after which the scale of a feature stands, counted from when it first varies. */
  readonly settleAfter: number;
  /** What is taken for granted of a feature before it has been seen to vary. */
  readonly prior: ScalePrior;
}

/**
 * Pseudo-windows that come before the first: their mean is the first value of the feature, their deviation is
 * `deviation`, or the root mean square of what has been seen where that is less.
 */
export interface ScalePrior {
  /** How many; 0 = no prior. */
  readonly windows: number;
  /** How far features usually vary over all activities, in their own unit. */
  readonly deviation: number;
}

/**
 * Brings features to one scale: `asinh((x − mean) / deviation)`, mean and deviation by Welford (1962) over a prior's
 * pseudo-windows and the first windows of the stream.
 *
 * The first windows are a poor sample: on recordings of people they are nearly all of one activity, most often
 * standing, in which many a feature varies far less than it will. Divided by that deviation alone, such a feature later
 * lies tens of deviations out and says more of how one person carries the device than of what anybody does. The prior
 * keeps the scale until there is evidence. It does not tie a feature to a unit:
 * - where values are small, the root mean square is, and with it the prior;
 * - where they vary by much more than `deviation`, the data outweigh the prior from the second window on;
 * - an offset does not matter, for the pseudo-windows lie about the first value.
 *
 * One kind of feature stays smaller than it could be: one that varies by far less than `deviation` about a value that
 * is not small. It can't be told from one of a person who stands, and is divided by no less than
 * √(windows / (windows + settleAfter)) · `deviation`.
 *
 * The scale of a feature settles: it is taken from the first `settleAfter` windows since the feature first varied, and
 * then stands for ever. A scale that goes on moving leaves least squares with sums in units that no longer hold.
 * What is wrong with the scale that has been taken, asinh makes harmless: nearly linear within a deviation or two,
 * logarithmic far out, so values far beyond the first windows' range stay apart instead of being clipped together.
 */
export class RunningScaler {
  /** Windows in each feature's statistics; stays 1 as long as the feature has not varied. */
  private readonly count: Float64Array;
  /** Of the windows and the pseudo-windows. */
  private readonly mean: Float64Array;
  /** Sums of squared deviations from the mean: of the windows, and of the mean of the pseudo-windows. */
  private readonly squares: Float64Array;
  /** Mean square of the windows, about 0. */
  private readonly power: Float64Array;
  /** 1 / deviation; 0 until the feature has varied. */
  private readonly factor: Float64Array;

  constructor(
    readonly dimensions: number,
    private readonly options: ScalerOptions,
  ) {
    this.count = new Float64Array(dimensions);
    this.mean = new Float64Array(dimensions);
    this.squares = new Float64Array(dimensions);
    this.power = new Float64Array(dimensions);
    this.factor = new Float64Array(dimensions);
  }

  /** Takes finite values into account, for the features that have not settled. @returns whether any scale moved. */
  update(x: Float64Array): boolean {
    const { count, mean, squares, power, factor, dimensions } = this;
    const { settleAfter, prior } = this.options;
    const usual = prior.deviation * prior.deviation;
    let moved = false;
    for (let i = 0; i < dimensions; i++) {
      const n = count[i] + 1;
      if (n > settleAfter) continue;
      const value = Math.max(-LARGEST_INPUT, Math.min(LARGEST_INPUT, x[i]));
      if (n === 1) {
        count[i] = 1;
        mean[i] = value;
        power[i] = value * value;
        moved = true;
        continue;
      }
      const delta = value - mean[i];
      if (n === 2 && Math.abs(delta) <= NOISE * Math.abs(mean[i])) continue;
      moved = true;
      count[i] = n;
      power[i] += (value * value - power[i]) / n;
      // The pseudo-windows are at the first value, so that windows and pseudo-windows have one mean from the start.
      mean[i] += delta / (n + prior.windows);
      squares[i] += delta * (value - mean[i]);
      const variance = (squares[i] + prior.windows * Math.min(usual, power[i])) / (n + prior.windows);
      factor[i] = variance > 0 ? 1 / Math.sqrt(variance) : 0;
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
    state.f64Array(this.count).f64Array(this.mean).f64Array(this.squares);
    state.f64Array(this.power).f64Array(this.factor);
  }

  read(state: StateReader): void {
    for (const values of [this.count, this.mean, this.squares, this.power, this.factor]) {
      values.set(state.f64Array(this.dimensions));
      if (!values.every(Number.isFinite)) throw new StateFormatError('the scaler is not finite');
    }
  }
}
