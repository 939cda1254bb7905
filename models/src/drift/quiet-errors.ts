import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Windows, of which so many are errors, assumed before any is seen. */
const PRIOR = { windows: 30, errors: 6, afterError: 10, runs: 5 };
/** Counts are halved beyond these: quiet times change too. */
const MOST_WINDOWS = 5000;
const MOST_AFTER_ERROR = 500;
/** Windows overlap by half, so that a bad moment spoils two: errors are taken to hang together at least so much. */
const LEAST_PERSISTENCE = 0.2;
const MOST_PERSISTENCE = 0.8;
/**
 * Peaks are compared by how much of them lies in two bands of this width, the lower one from here on: bands, because
 * peaks come in steps. Assumed to be seen: what theory has in them.
 */
const BAND = 2;
const LOWER_BAND = 1.5;
const PRIOR_IN_UPPER = 2;
const PRIOR_IN_LOWER = PRIOR_IN_UPPER * Math.exp(BAND);
const MOST_IN_LOWER = 300;
const LEAST_SCALE = 0.3;

/**
 * What errors are like while nothing drifts, learned from any number of streams of one kind: how often they come, how
 * much they hang together, and how high the CUSUMs over them climb by chance.
 */
export class QuietErrors {
  private windows = PRIOR.windows;
  private errors = PRIOR.errors;
  private afterError = PRIOR.afterError;
  private runs = PRIOR.runs;
  private inLowerBand = PRIOR_IN_LOWER;
  private inUpperBand = PRIOR_IN_UPPER;

  get rate(): number {
    return this.errors / this.windows;
  }

  /** Correlation of an error with the next window's. */
  get persistence(): number {
    const { rate } = this;
    const correlation = (this.runs / this.afterError - rate) / (1 - rate);
    return Math.min(MOST_PERSISTENCE, Math.max(LEAST_PERSISTENCE, correlation));
  }

  /**
   * By chance alone, the heights to which a log-likelihood CUSUM climbs before it is back at 0 have a tail that falls
   * as e^−height. Where bad stretches make it fall more slowly, as e^−(scale · height), heights count by this scale;
   * 0.3 to 1.
   */
  get scale(): number {
    const found = Math.log(this.inLowerBand / this.inUpperBand) / BAND;
    return Math.max(LEAST_SCALE, Math.min(1, found));
  }

  /** @param runs errors among the `afterError` windows that came next after an error. */
  add(windows: number, errors: number, afterError: number, runs: number): void {
    this.windows += windows;
    this.errors += errors;
    this.afterError += afterError;
    this.runs += runs;
    if (this.windows > MOST_WINDOWS) {
      this.windows /= 2;
      this.errors /= 2;
    }
    if (this.afterError > MOST_AFTER_ERROR) {
      this.afterError /= 2;
      this.runs /= 2;
    }
  }

  addPeak(height: number): void {
    if (height <= LOWER_BAND) return;
    this.inLowerBand += Math.min(BAND, height - LOWER_BAND);
    this.inUpperBand += Math.max(0, Math.min(BAND, height - LOWER_BAND - BAND));
    if (this.inLowerBand > MOST_IN_LOWER) {
      this.inLowerBand /= 2;
      this.inUpperBand /= 2;
    }
  }

  clear(): void {
    this.windows = PRIOR.windows;
    this.errors = PRIOR.errors;
    this.afterError = PRIOR.afterError;
    this.runs = PRIOR.runs;
    this.inLowerBand = PRIOR_IN_LOWER;
    this.inUpperBand = PRIOR_IN_UPPER;
  }

  write(state: StateWriter): void {
    state.f64(this.windows).f64(this.errors).f64(this.afterError).f64(this.runs);
    state.f64(this.inLowerBand).f64(this.inUpperBand);
  }

  read(state: StateReader): void {
    this.windows = state.f64();
    this.errors = state.f64();
    this.afterError = state.f64();
    this.runs = state.f64();
    this.inLowerBand = state.f64();
    this.inUpperBand = state.f64();
    if (!(this.windows > 0 && this.afterError > 0 && this.inUpperBand > 0)) {
      throw new StateFormatError('the quiet errors are damaged');
    }
  }
}
