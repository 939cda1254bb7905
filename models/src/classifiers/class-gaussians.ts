import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

/** A feature that varies by less than this within classes does so by rounding. */
const NO_VARIANCE = 1e-18;
/** Windows of the spread of all classes together that each class's own spread begins with. */
const PRIOR_WINDOWS = 3;
/** A product is logged when it leaves this range: one logarithm for many variances. */
const SMALL = 1e-150;
const LARGE = 1e150;

/**
 * A normal distribution of each feature in each class, by Welford (1962): count, mean, sum of squared deviations.
 * Features are independent given the class. Values must be of order 1, and within ±1000.
 *
 * A class seen once has no spread yet: the variance within all classes together counts as three more windows of it. A
 * feature that varies in no class is passed over.
 */
export class ClassGaussians {
  readonly counts = new Float64Array(MAX_ACTIVITIES);
  /** Rows of `dimensions`, made when a class is first seen; `null` for a class that has not been. */
  readonly means: (Float64Array | null)[] = Array<null>(MAX_ACTIVITIES).fill(null);
  private readonly squares: (Float64Array | null)[] = Array<null>(MAX_ACTIVITIES).fill(null);
  /** Sums of squared deviations from the own class's mean, over all classes. */
  private readonly within: Float64Array;
  private total = 0;

  constructor(readonly dimensions: number) {
    this.within = new Float64Array(dimensions);
  }

  get windows(): number {
    return this.total;
  }

  add(x: Float64Array, target: number): void {
    const { within, dimensions } = this;
    const mean = (this.means[target] ??= new Float64Array(dimensions));
    const squares = (this.squares[target] ??= new Float64Array(dimensions));
    const n = ++this.counts[target];
    this.total++;
    for (let i = 0; i < dimensions; i++) {
      const delta = x[i] - mean[i];
      mean[i] += delta / n;
      const square = delta * (x[i] - mean[i]);
      squares[i] += square;
      within[i] += square;
    }
  }

  /** Variance of a feature in a class that has been seen. */
  variance(target: number, i: number): number {
    const pooled = this.within[i] / this.total;
    const squares = this.squares[target] as Float64Array;
    return (squares[i] + PRIOR_WINDOWS * pooled) / (this.counts[target] + PRIOR_WINDOWS);
  }

  /**
   * Writes the logarithm of each class's share times its density at `x`, less what is the same for all, to `logs`.
   * A class that has not been seen here gets the least of the others; 0 when none has.
   */
  logJoint(x: Float64Array, logs: Float64Array, count: number): void {
    const { within, counts, dimensions, total } = this;
    let least = Infinity;
    for (let c = 0; c < count; c++) {
      const mean = this.means[c];
      const squares = this.squares[c];
      if (mean === null || squares === null) continue;
      const n = counts[c] + PRIOR_WINDOWS;
      const prior = PRIOR_WINDOWS / total;
      let log = 0;
      let product = 1;
      let distance = 0;
      for (let i = 0; i < dimensions; i++) {
        const pooled = within[i];
        if (!(pooled > NO_VARIANCE * total)) continue;
        const variance = (squares[i] + prior * pooled) / n;
        const delta = x[i] - mean[i];
        distance += (delta * delta) / variance;
        product *= variance;
        if (product < SMALL || product > LARGE) {
          log += Math.log(product);
          product = 1;
        }
      }
      logs[c] = Math.log(counts[c]) - 0.5 * (log + Math.log(product) + distance);
      if (logs[c] < least) least = logs[c];
    }
    for (let c = 0; c < count; c++) if (counts[c] === 0) logs[c] = total > 0 ? least : 0;
  }

  write(state: StateWriter): void {
    state.f64Array(this.counts).f64Array(this.within);
    for (let c = 0; c < MAX_ACTIVITIES; c++) {
      const mean = this.means[c];
      const squares = this.squares[c];
      if (mean !== null && squares !== null) state.f64Array(mean).f64Array(squares);
    }
  }

  read(state: StateReader): void {
    this.counts.set(state.f64Array(MAX_ACTIVITIES));
    this.within.set(state.f64Array(this.dimensions));
    this.total = 0;
    for (let c = 0; c < MAX_ACTIVITIES; c++) {
      if (this.counts[c] === 0) continue;
      this.total += this.counts[c];
      this.means[c] = state.f64Array(this.dimensions);
      this.squares[c] = state.f64Array(this.dimensions);
    }
  }
}
