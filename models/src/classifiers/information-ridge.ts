import type { StateReader, StateWriter } from '@hark/streaming';
import type { ClassifierOptions } from '../classifier.js';
import { compress } from './compress.js';
import { GrowthSchedule } from './growth-schedule.js';
import { LinearOutputs } from './linear-outputs.js';
import { DifferentModelError, NotIncludedError, type Mergeable } from './mergeable.js';
import { NumberedClassifier } from './numbered-classifier.js';
import { RandomFeatures } from './random-features.js';
import { RidgeSums } from './ridge-sums.js';
import { softmaxInPlace } from './softmax-in-place.js';

const FORMAT = { name: 'ridge', version: 1 };

/** Of gains from 0.7 to 3 and ridges from 0.3 to 3 none is sharp; compressed features vary by less than 1. */
const TUNING = { units: 128, gain: 2.5, ridge: 1.5 };
/** Weights that a fit spends on one window's noise, as a share of all weights. */
const SPENT = 0.3;
const MOST_SHARPNESS = 40;

/**
 * The default classifier's regression in information form: compressed features, 128 random tanh features of them and a
 * bias; on these a ridge regression for each class, one against all. All that is learned is {@link RidgeSums}, sums over
 * windows, every window with the same weight for ever. So models learned apart can be merged, and a user subtracted.
 *
 * Features are scaled by nothing that was seen: statistics of one stream are not those of another, and sums over
 * differently scaled features can't be added. The weights are solved when {@link GrowthSchedule} says so and stand in
 * between; {@link InformationRidge.solve} solves at once.
 */
export class InformationRidge extends NumberedClassifier implements Mergeable<InformationRidge> {
  private seed: number;
  private hidden: RandomFeatures;
  private readonly sums: RidgeSums;
  private readonly outputs: LinearOutputs;
  private readonly schedule = new GrowthSchedule();
  private sharpness = 1;
  /** Compressed features, random features, bias. */
  private readonly inputs: Float64Array;

  constructor(options: ClassifierOptions) {
    super(FORMAT, options.dimensions);
    this.seed = options.seed >>> 0;
    this.hidden = this.hiddenLayer();
    const inputs = options.dimensions + TUNING.units + 1;
    this.inputs = new Float64Array(inputs);
    this.inputs[inputs - 1] = 1;
    this.sums = new RidgeSums(inputs, TUNING.ridge);
    this.outputs = new LinearOutputs(inputs);
  }

  merge(other: InformationRidge): InformationRidge {
    this.checkSameModel(other);
    const classes = [...new Set([...this.classes, ...other.classes])];
    return this.combined(other, classes, 1);
  }

  subtract(other: InformationRidge): InformationRidge {
    this.checkSameModel(other);
    for (const label of other.classes) {
      const [subtracted, included] = [other.windows(label), this.windows(label)];
      if (subtracted > included) throw new NotIncludedError(label, subtracted, included);
    }
    const left = this.classes.filter((label) => this.windows(label) > other.windows(label));
    return this.combined(other, left, -1);
  }

  gather(x: Float64Array, label: string): void {
    this.take(x, label, (target) => {
      this.fillInputs(x);
      this.sums.add(this.inputs, target);
    });
  }

  weights(label: string): Float64Array {
    const current = new LinearOutputs(this.sums.inputs);
    const target = this.classes.indexOf(label);
    if (target < 0) return new Float64Array(this.sums.inputs);
    this.sums.solve(this.classes.length, current);
    return current.row(target).slice();
  }

  /** Brings the answers up to date with all that was learned, rather than when it is due. */
  solve(): void {
    const { classes, sums } = this;
    if (classes.length === 0) return;
    const unexplained = sums.solve(classes.length, this.outputs);
    this.sharpness = sharpnessOf(unexplained * (1 + (SPENT * sums.inputs) / sums.allWindows));
    classes.forEach((_, c) => this.schedule.solved(c, sums.windows(c)));
    this.forgetAnswer();
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    const { inputs, outputs, sharpness } = this;
    this.fillInputs(x);
    outputs.evaluate(inputs, probabilities, probabilities.length);
    for (let c = 0; c < probabilities.length; c++) probabilities[c] *= sharpness;
    softmaxInPlace(probabilities);
  }

  protected absorb(x: Float64Array, target: number): void {
    // For the inputs, which most often stand there from the answer before.
    this.answer(x);
    this.sums.add(this.inputs, target);
    if (this.schedule.isDue(target, this.sums.windows(target))) this.solve();
  }

  protected write(state: StateWriter): void {
    const count = this.classes.length;
    state.u32(this.seed).f64(this.sharpness);
    this.sums.write(state, count);
    this.outputs.write(state, count);
    this.schedule.write(state);
  }

  protected read(state: StateReader): void {
    const count = this.classes.length;
    this.seed = state.u32();
    this.hidden = this.hiddenLayer();
    this.sharpness = state.f64();
    this.sums.read(state, count);
    this.outputs.read(state, count);
    this.schedule.read(state);
  }

  private fillInputs(x: Float64Array): void {
    compress(x, this.inputs);
    this.hidden.write(this.inputs, this.inputs, this.dimensions);
  }

  private windows(label: string): number {
    const target = this.classes.indexOf(label);
    return target < 0 ? 0 : this.sums.windows(target);
  }

  private combined(other: InformationRidge, classes: readonly string[], sign: 1 | -1): InformationRidge {
    const result = new InformationRidge({ dimensions: this.dimensions, seed: this.seed });
    result.assume(classes, this.learned + sign * other.learned);
    const targets = (of: InformationRidge) => of.classes.map((label) => classes.indexOf(label));
    result.sums.combine(this.sums, targets(this), 1);
    result.sums.combine(other.sums, targets(other), sign);
    result.solve();
    return result;
  }

  private checkSameModel(other: InformationRidge): void {
    if (other.dimensions === this.dimensions && other.seed === this.seed) return;
    const options = ({ dimensions, seed }: InformationRidge) => `${dimensions} features and seed ${seed}`;
    throw new DifferentModelError(`a model of ${options(this)}, and one of ${options(other)}`);
  }

  private hiddenLayer(): RandomFeatures {
    return new RandomFeatures(this.dimensions, TUNING.units, this.seed, TUNING.gain);
  }
}

/**
 * How fast log odds grow with scores. In two classes of one size and normal scores, least squares that explains R² of
 * the indicators' variance gives the odds exactly by softmax of 2 / (1 − R²) · score.
 */
function sharpnessOf(unexplained: number): number {
  return Math.min(MOST_SHARPNESS, 2 / Math.min(1, Math.max(unexplained, 2 / MOST_SHARPNESS)));
}

export const informationRidge = NumberedClassifier.factory(
  FORMAT,
  (options) => new InformationRidge(options),
);
