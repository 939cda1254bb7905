import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Windows of the spread within all classes that each class's own begins with. */
const PRIOR_WINDOWS = 10;
/** Added to each variance: a feature of order 1 varies by so much without meaning anything; gravity's size does not. */
const FLOOR = 0.05;
const FLOOR_OF_GRAVITY = 0.002;
/** What one feature counts at most, in variances: one alone that is broken does not make a window new. */
const MOST_OF_ONE = 400;
/** Added to a mean squared deviate before its logarithm is taken. */
const LEAST_DISTANCE = 0.05;
/** Windows learned before distances are noted: the first are of an activity or two, and what follows is all new. */
const SETTLED_AFTER = 50;
/** Distances to be noted before anything is called new, and the memory of them, in windows. */
const LEAST_NOTED = 200;
const MEMORY = 2000;
/**
 * Deviations above the usual from which a window is new. Of a person of whom nothing was learned, two windows in a
 * thousand lie beyond.
 */
const LIMIT = 4;
/** Values are held within it, so that squares stay finite. */
const LARGEST = 1e6;

/** Read off the device's axes: how a device is carried is no motion. */
const OF_AXES = /^gravity_[xyz]$|^(acc|gyro)_[xyz]|^gyroscope_present$/;

/**
 * Tells a motion unlike any learned: by the logarithm of the mean squared deviation of a window's features from the
 * class that it is nearest to, in that class's own spread (a diagonal Mahalanobis distance). What is usual is learned
 * from the labelled windows themselves, each measured before it is learned: mean and deviation of that logarithm.
 *
 * Features that are read off a device's axes are left out, but for the size of gravity: whether there is any. With 72
 * features, 32 classes take 38 kB.
 */
export class Familiarity {
  private readonly features: readonly number[];
  private readonly gravity: readonly number[];
  /** Features read, and the size of gravity after them. */
  private readonly values: Float64Array;
  private readonly counts = new Float64Array(MAX_ACTIVITIES);
  /** By class: means, and sums of squared deviations from them. */
  private means: Float64Array[] = [];
  private squares: Float64Array[] = [];
  /** Sums of squared deviations from the own class's mean, over all classes. */
  private readonly within: Float64Array;
  private learned = 0;
  private noted = 0;
  private usual = 0;
  private variance = 0;

  /** @param names of all features, in their order. */
  constructor(names: readonly string[]) {
    this.features = names.flatMap((name, i) => (OF_AXES.test(name) ? [] : [i]));
    this.gravity = ['x', 'y', 'z'].map((axis) => names.indexOf(`gravity_${axis}`)).filter((i) => i >= 0);
    this.values = new Float64Array(this.features.length + 1);
    this.within = new Float64Array(this.values.length);
  }

  /**
   * By how many deviations the window lies further from all that was learned than is usual; below 0 when it is nearer,
   * and as long as too little was learned to tell. Changes nothing.
   * @param x finite features, all of them.
   */
  strangeness(x: Float64Array): number {
    if (this.noted < LEAST_NOTED || this.variance === 0) return -1;
    return (this.distance(x) - this.usual) / Math.sqrt(this.variance);
  }

  /** Whether the window is unlike any learned. Changes nothing. */
  isNew(x: Float64Array): boolean {
    return this.strangeness(x) > LIMIT;
  }

  /**
   * Learns one labelled window.
   * @param target number of its class, 0 to 31.
   * @param by what has learned more, where this is a part that is to be merged with it: the distance is measured there.
   */
  learn(x: Float64Array, target: number, by: Familiarity = this): void {
    if (by.learned >= SETTLED_AFTER) this.note(by.distance(x));
    this.gather(x);
    this.know(target);
    const { values, within } = this;
    const mean = this.means[target];
    const squares = this.squares[target];
    const n = ++this.counts[target];
    this.learned++;
    for (let i = 0; i < values.length; i++) {
      const delta = values[i] - mean[i];
      mean[i] += delta / n;
      const square = delta * (values[i] - mean[i]);
      squares[i] += square;
      within[i] += square;
    }
  }

  /**
   * Adds what a part has learned apart: as if its windows had come after those of this one, to rounding.
   * @param targets the number here of each of its classes.
   */
  add(part: Familiarity, targets: readonly number[]): void {
    for (const [there, mean] of part.means.entries())
      this.addClass(targets[there], part.counts[there], mean, part.squares[there]);
    this.learned += part.learned;
    this.addNoted(part);
  }

  write(state: StateWriter): void {
    state.f64(this.learned).f64(this.noted).f64(this.usual).f64(this.variance).f64Array(this.within);
    state.u8(this.means.length);
    for (let c = 0; c < this.means.length; c++) {
      state.f64(this.counts[c]).f64Array(this.means[c]).f64Array(this.squares[c]);
    }
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.learned = state.f64();
    this.noted = state.f64();
    this.usual = state.f64();
    this.variance = state.f64();
    this.within.set(state.f64Array(this.within.length));
    const classes = state.u8();
    if (classes > MAX_ACTIVITIES) throw new StateFormatError(`${classes} classes are familiar`);
    this.counts.fill(0);
    this.means = [];
    this.squares = [];
    for (let c = 0; c < classes; c++) {
      this.counts[c] = state.f64();
      this.means.push(state.f64Array(this.values.length));
      this.squares.push(state.f64Array(this.values.length));
    }
  }

  /** Logarithm of the mean squared deviate from the nearest class. */
  private distance(x: Float64Array): number {
    this.gather(x);
    const { values, within, learned } = this;
    const last = values.length - 1;
    let nearest = Infinity;
    for (let c = 0; c < this.means.length; c++) {
      if (this.counts[c] === 0) continue;
      const mean = this.means[c];
      const squares = this.squares[c];
      const share = 1 / (this.counts[c] + PRIOR_WINDOWS);
      const pooled = (PRIOR_WINDOWS / learned) * share;
      let sum = 0;
      for (let i = 0; i < values.length && sum < nearest; i++) {
        const d = values[i] - mean[i];
        const floor = i === last ? FLOOR_OF_GRAVITY : FLOOR;
        const deviate = (d * d) / (squares[i] * share + within[i] * pooled + floor);
        sum += deviate < MOST_OF_ONE ? deviate : MOST_OF_ONE;
      }
      if (sum < nearest) nearest = sum;
    }
    return Math.log(nearest / values.length + LEAST_DISTANCE);
  }

  private know(target: number): void {
    while (this.means.length <= target) {
      this.means.push(new Float64Array(this.values.length));
      this.squares.push(new Float64Array(this.values.length));
    }
  }

  /** Means and sums of squared deviations of two samples are those of both: Chan, Golub & LeVeque (1979). */
  private addClass(target: number, count: number, means: Float64Array, added: Float64Array): void {
    if (count === 0) return;
    this.know(target);
    const [mean, squares, before] = [this.means[target], this.squares[target], this.counts[target]];
    const all = (this.counts[target] = before + count);
    for (let i = 0; i < mean.length; i++) {
      const delta = means[i] - mean[i];
      mean[i] += (delta * count) / all;
      const square = added[i] + (delta * delta * before * count) / all;
      squares[i] += square;
      this.within[i] += square;
    }
  }

  /** Of the distances noted here so many are taken over as the memory has room for beside the new ones. */
  private addNoted({ noted, usual, variance }: Familiarity): void {
    if (noted === 0) return;
    const kept = Math.min(this.noted, MEMORY - noted);
    const all = kept + noted;
    const delta = usual - this.usual;
    this.usual += (delta * noted) / all;
    this.variance = (this.variance * kept + variance * noted + (delta * delta * kept * noted) / all) / all;
    this.noted = all;
  }

  private note(distance: number): void {
    this.noted = Math.min(MEMORY, this.noted + 1);
    const delta = distance - this.usual;
    this.usual += delta / this.noted;
    this.variance += (delta * (distance - this.usual) - this.variance) / this.noted;
  }

  private gather(x: Float64Array): void {
    const { features, gravity, values } = this;
    let size = 0;
    for (const i of gravity) size += x[i] * x[i];
    for (let i = 0; i < features.length; i++)
      values[i] = Math.max(-LARGEST, Math.min(LARGEST, x[features[i]]));
    values[features.length] = size < LARGEST ? size : LARGEST;
  }
}
