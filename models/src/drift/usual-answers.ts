import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { NameTable } from './name-table.js';

/** Nothing is usual before so many windows, nor for a class before so many of it. */
const LEAST_WINDOWS = 256;
const LEAST_OF_A_CLASS = 20;
/** The past is halved beyond so many windows, and of a class. */
const MOST_WINDOWS = 20_000;
const MOST_OF_A_CLASS = 4000;
const MOST_CLASSES = 256;
/** Deviations are cut off here: one wild window says no more than one that is quite off. */
const FARTHEST = 5;

/** What a few numbers of a window usually are, given the class it was answered with: so that another mix of
 * activities is no change. */
export class UsualAnswers {
  private windows = 0;
  private readonly mean: Float64Array;
  /** Sums of squared deviations. */
  private readonly squares: Float64Array;
  private readonly classes: NameTable<{ windows: number; readonly mean: Float64Array }>;

  constructor(private readonly channels: number) {
    this.mean = new Float64Array(channels);
    this.squares = new Float64Array(channels);
    this.classes = new NameTable(() => ({ windows: 0, mean: new Float64Array(channels) }), MOST_CLASSES);
  }

  /**
   * Writes into `out` how far `values` lie from the class's mean, in standard deviations of all windows, −5 to 5; then
   * learns them.
   *
   * @returns false when too little is known yet; `out` is untouched then.
   */
  deviations(klass: string, values: Float64Array, out: Float64Array): boolean {
    const ofClass = this.classes.meet(klass);
    const known = this.windows >= LEAST_WINDOWS && ofClass.windows >= LEAST_OF_A_CLASS;
    if (this.windows >= MOST_WINDOWS) {
      this.windows /= 2;
      for (let c = 0; c < this.channels; c++) this.squares[c] /= 2;
    }
    if (ofClass.windows >= MOST_OF_A_CLASS) ofClass.windows /= 2;
    const all = ++this.windows;
    const own = ++ofClass.windows;
    for (let c = 0; c < this.channels; c++) {
      const value = values[c];
      if (known) {
        const deviation = Math.sqrt(this.squares[c] / (all - 1));
        const distance = deviation > 0 ? (value - ofClass.mean[c]) / deviation : 0;
        out[c] = Math.max(-FARTHEST, Math.min(FARTHEST, distance));
      }
      const before = value - this.mean[c];
      this.mean[c] += before / all;
      this.squares[c] += before * (value - this.mean[c]);
      ofClass.mean[c] += (value - ofClass.mean[c]) / own;
    }
    return known;
  }

  /** The value that lies `deviations` standard deviations from the mean of all windows. */
  inUnits(channel: number, deviations: number): number {
    const { mean, squares, windows } = this;
    return mean[channel] + deviations * Math.sqrt(squares[channel] / Math.max(1, windows));
  }

  write(state: StateWriter): void {
    state.f64(this.windows).f64Array(this.mean).f64Array(this.squares);
    this.classes.write(state, ({ windows, mean }) => state.f64(windows).f64Array(mean));
  }

  read(state: StateReader): void {
    this.windows = state.f64();
    if (!(this.windows >= 0)) throw new StateFormatError('usual answers of no windows');
    this.mean.set(state.f64Array(this.channels));
    this.squares.set(state.f64Array(this.channels));
    this.classes.read(state, (ofClass) => {
      ofClass.windows = state.f64();
      ofClass.mean.set(state.f64Array(this.channels));
    });
  }
}
