import { autocorrelation } from './autocorrelation.js';
import { Ordering } from './ordering.js';
import { PowerSpectrum } from './spectrum.js';

/**
 * One signal of a window and its statistics, for one window after another: {@link load} fills it, and what costs
 * (spectrum, autocorrelation, order) is computed when first asked for. Sums run in the order of time; deviations are
 * population ones (divided by the length).
 */
export class Series {
  /** Values on the grid less their mean; the first `length` count. */
  readonly centred: Float64Array;
  length = 0;
  mean = 0;
  /** Mean square and root mean square of `centred`. */
  variance = 0;
  deviation = 0;
  /** Of `centred`: min ≤ 0 ≤ max. */
  min = 0;
  max = 0;
  /** The size, in the signal's unit, below which a movement is the sensor's own noise; keeps ratios quiet. */
  noise = 0;
  private readonly spectrum: PowerSpectrum;
  private spectrumKnown = false;
  private readonly products: Float64Array;
  private lagsKnown = 0;
  private readonly ordering: Ordering;
  private orderKnown = false;
  private momentsKnown = false;
  private cubes = 0;
  private fourths = 0;

  /** @param rate points a second. */
  constructor(
    readonly points: number,
    readonly rate: number,
  ) {
    this.centred = new Float64Array(points);
    this.products = new Float64Array(points);
    this.ordering = new Ordering(points);
    this.spectrum = new PowerSpectrum(points, rate);
  }

  /** Takes the first `length` values (at most `points`), which may be overwritten afterwards. */
  load(values: Float64Array, length: number, noise: number): void {
    const { centred } = this;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[i];
    const mean = sum / length;
    let squares = 0;
    let min = 0;
    let max = 0;
    for (let i = 0; i < length; i++) {
      const c = values[i] - mean;
      centred[i] = c;
      squares += c * c;
      if (c < min) min = c;
      if (c > max) max = c;
    }
    this.begin(length, mean, squares, min, max, noise);
  }

  /**
   * Takes a signal whose centred values the caller has written to {@link centred}.
   *
   * @param squares sum of the squares of these values.
   * @param min the lowest of them and 0.
   * @param max the highest of them and 0.
   */
  begin(length: number, mean: number, squares: number, min: number, max: number, noise: number): void {
    this.length = length;
    this.mean = mean;
    this.variance = squares / length;
    this.deviation = Math.sqrt(this.variance);
    this.min = min;
    this.max = max;
    this.noise = noise;
    this.spectrumKnown = false;
    this.lagsKnown = 0;
    this.orderKnown = false;
    this.momentsKnown = false;
  }

  /** Variance of signal and noise together; never 0. What ratios are taken against. */
  get scale(): number {
    return this.variance + this.noise * this.noise;
  }

  /** Mean of the third powers. */
  thirdMoment(): number {
    this.findMoments();
    return this.cubes / this.length;
  }

  /** Mean of the fourth powers. */
  fourthMoment(): number {
    this.findMoments();
    return this.fourths / this.length;
  }

  /** Mean absolute deviation from the mean. */
  meanAbsolute(): number {
    const { centred, length } = this;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += Math.abs(centred[i]);
    return sum / length;
  }

  /** Quantile of `centred`, linear between order statistics (Hyndman & Fan's type 7); `p` in [0, 1]. */
  quantile(p: number): number {
    if (!this.orderKnown) {
      this.ordering.sort(this.centred, this.length, this.min, this.max);
      this.orderKnown = true;
    }
    const { values } = this.ordering;
    const place = p * (this.length - 1);
    const below = Math.floor(place);
    const low = values[below];
    return below + 1 < this.length ? low + (values[below + 1] - low) * (place - below) : low;
  }

  /** How often the signal goes from one side of a band of ±`band` around its mean to the other. */
  crossings(band: number): number {
    const { centred, length } = this;
    let i = 0;
    while (i < length && !(centred[i] > band || centred[i] < -band)) i++;
    let isAbove = i < length && centred[i] > band;
    for (let count = 0; ; count++, isAbove = !isAbove) {
      // From one side only the other is looked for: a test that most often says no is cheap.
      if (isAbove) while (i < length && !(centred[i] < -band)) i++;
      else while (i < length && !(centred[i] > band)) i++;
      if (i === length) return count;
    }
  }

  /** Autocorrelation at lags 1 to `last` (below the length): entry k is lag k, 1 would be the signal itself. */
  autocorrelation(last: number): Float64Array {
    const { products, length } = this;
    if (last > this.lagsKnown) {
      const first = this.lagsKnown + 1;
      autocorrelation(this.centred, length, first, last, products);
      const scale = length * this.scale;
      for (let k = first; k <= last; k++) products[k] /= scale;
      this.lagsKnown = last;
    }
    return products;
  }

  /** The power spectrum; only for a series as long as the grid. */
  powerSpectrum(): PowerSpectrum {
    if (!this.spectrumKnown) {
      this.spectrum.compute(this.centred);
      this.spectrumKnown = true;
    }
    return this.spectrum;
  }

  /** Both sums in one pass, for neither waits for the other. */
  private findMoments(): void {
    if (this.momentsKnown) return;
    const { centred, length } = this;
    let cubes = 0;
    let fourths = 0;
    for (let i = 0; i < length; i++) {
      const square = centred[i] * centred[i];
      cubes += square * centred[i];
      fourths += square * square;
    }
    this.cubes = cubes;
    this.fourths = fourths;
    this.momentsKnown = true;
  }
}
