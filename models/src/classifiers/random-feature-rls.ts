import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory } from '../classifier.js';
import type { Boostable } from './boostable.js';
import { ClassBalance } from './class-balance.js';
import { ClassList } from './class-list.js';
import { checkFeatures } from './feature-check.js';
import type { Inferring } from './inferring.js';
import { RandomFeatures } from './random-features.js';
import { RecursiveLeastSquares } from './recursive-least-squares.js';
import { RunningScaler, type ScalerOptions } from './running-scaler.js';
import { SoftmaxTemperature } from './softmax-temperature.js';
import type { Unlearnable } from './unlearnable.js';

const NAME = 'rls';
const FORMAT = 'hark.classifier.rls';
const FORMAT_VERSION = 2;

/**
 * Chosen on recordings of people with phones, in several orders and with several seeds; none of it is sharp. From 64 to
 * 192 units and with a ridge of 3 to 10 no accuracy differs by more than .003.
 */
const TUNING = { units: 96, gain: 0.7, ridge: 5, forgetting: 0.9995 };

/**
 * A window counts for up to so much more the less probable its class was held. Least squares spends its effort on
 * windows that are right by a wide margin as much as on those at the border; of people never seen .984 of the windows
 * are recognised with 2 or 4, .979 with 0, when the model was learned from three others; from two, .949 and .950.
 */
const SURPRISE = 2;

/**
 * The features of `@hark/features` are of order 1 on purpose: fractions, correlations, logarithms. That prior is what
 * makes a model of one person do for another: without it, and settled after 48 windows of standing, a model learned
 * from three of four people was right in .90 of the fourth's windows, with it in .96; with every tenth window labelled
 * .85 and .87; interleaved .966 and .969. From 15 to 100 pseudo-windows and from 150 windows to never settling the
 * first of these stays within .957 and .965, the last within .967 and .970.
 */
const SCALING: ScalerOptions = { settleAfter: 300, prior: { windows: 30, deviation: 1 } };

/**
 * The default classifier: standardised features, 96 random tanh features of them and a bias; on these a ridge
 * regression for each class, one against all, by recursive least squares. A window counts for more when its class is
 * rare ({@link ClassBalance}) and when it came as a surprise.
 *
 * The random layer is not part of the state: it is made again from the seed.
 */
export class RandomFeatureRls implements Classifier, Boostable, Inferring, Unlearnable {
  readonly name = NAME;
  readonly dimensions: number;
  private readonly seed: number;
  private classList = new ClassList();
  private learnedCount = 0;
  private weightHeld = 1;
  private readonly scaler: RunningScaler;
  private readonly hidden: RandomFeatures;
  private readonly solver: RecursiveLeastSquares;
  private readonly temperature = new SoftmaxTemperature();
  private readonly balance = new ClassBalance();
  /** Standardised features, random features, bias. */
  private readonly inputs: Float64Array;
  /** The vector that `inputs` and `scores` are of, if they still are: what is learned has most often been predicted. */
  private readonly evaluated: Float64Array;
  private isEvaluated = false;
  private readonly scores = new Float64Array(32);
  private readonly outputs: Float64Array[];

  constructor(options: { readonly dimensions: number; readonly seed: number }) {
    const { dimensions, seed } = options;
    this.dimensions = dimensions;
    this.seed = seed >>> 0;
    this.scaler = new RunningScaler(dimensions, SCALING);
    this.hidden = new RandomFeatures(dimensions, TUNING.units, this.seed, TUNING.gain);
    const inputs = dimensions + TUNING.units + 1;
    this.solver = new RecursiveLeastSquares({ inputs, ridge: TUNING.ridge, forgetting: TUNING.forgetting });
    this.inputs = new Float64Array(inputs);
    this.evaluated = new Float64Array(dimensions);
    this.inputs[inputs - 1] = 1;
    // One view for each number of classes, so that predicting allocates nothing.
    const values = new Float64Array(32);
    this.outputs = Array.from({ length: 33 }, (_, count) => values.subarray(0, count));
  }

  get classes(): readonly string[] {
    return this.classList.names;
  }

  get learned(): number {
    return this.learnedCount;
  }

  predict(x: Float64Array): Float64Array {
    checkFeatures(x, this.dimensions);
    return this.evaluate(x);
  }

  learn(x: Float64Array, label: string): void {
    const target = this.begin(x, label);
    const probabilities = this.evaluate(x);
    const classes = probabilities.length;
    this.temperature.learn(this.scores, probabilities, classes, target);
    const surprise = 1 + SURPRISE * (1 - probabilities[target]);
    this.absorb(target, surprise * this.balance.take(target, 1, classes));
  }

  /** The window counts for `trust` of one, being a surprise for nothing, and it says nothing of how sure answers are. */
  learnInferred(x: Float64Array, label: string, trust: number): void {
    const target = this.begin(x, label);
    const classes = this.evaluate(x).length;
    this.absorb(target, trust * this.balance.take(target, trust, classes));
  }

  /** How much the window learned last counted for. */
  get lastWeight(): number {
    return this.weightHeld;
  }

  /** @param learned what {@link lastWeight} was right after, and how many windows have been learned since. */
  unlearn(x: Float64Array, label: string, learned: { readonly weight: number; readonly age: number }): void {
    checkFeatures(x, this.dimensions);
    const target = this.classList.find(label);
    if (target < 0) return;
    this.evaluate(x);
    let weight = learned.weight;
    for (let i = 0; i < learned.age; i++) weight *= TUNING.forgetting;
    this.solver.unlearn(this.inputs, this.scores, target, weight);
    this.isEvaluated = false;
    this.learnedCount--;
  }

  /** Makes the windows to come count for more, as after a drift: `amount`·I is added to the covariance. */
  boost(amount: number): void {
    this.solver.boost(amount);
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION);
    state.u32(this.dimensions).u32(this.seed).f64(this.learnedCount).f64(this.temperature.sharpness);
    this.classList.write(state);
    this.scaler.write(state);
    this.solver.write(state);
    this.balance.write(state);
    return state.finish();
  }

  static restore(bytes: Uint8Array): RandomFeatureRls {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    const restored = new RandomFeatureRls({ dimensions: state.u32(), seed: state.u32() });
    restored.learnedCount = state.f64();
    restored.temperature.sharpness = state.f64();
    restored.classList = ClassList.read(state);
    restored.scaler.read(state);
    restored.solver.read(state);
    restored.balance.read(state);
    if (restored.solver.outputs !== restored.classList.names.length) {
      throw new StateFormatError('the number of classes and of outputs differ');
    }
    state.finish();
    return restored;
  }

  /** @returns the number of the class, which is new if it has to be. */
  private begin(x: Float64Array, label: string): number {
    checkFeatures(x, this.dimensions);
    const target = this.classList.findOrAdd(label);
    if (target === this.solver.outputs) {
      this.solver.addOutput();
      this.isEvaluated = false;
    }
    if (this.scaler.update(x)) this.isEvaluated = false;
    return target;
  }

  /** Of the window evaluated last. */
  private absorb(target: number, weight: number): void {
    this.solver.learn(this.inputs, this.scores, target, weight);
    this.weightHeld = weight;
    this.isEvaluated = false;
    this.learnedCount++;
  }

  private evaluate(x: Float64Array): Float64Array {
    if (!this.hasEvaluated(x)) {
      this.scaler.standardise(x, this.inputs);
      this.hidden.write(this.inputs, this.inputs, this.dimensions);
      this.solver.evaluate(this.inputs, this.scores);
      this.evaluated.set(x);
      this.isEvaluated = true;
    }
    const probabilities = this.outputs[this.solver.outputs];
    if (probabilities.length > 0) {
      this.temperature.probabilities(this.scores, probabilities.length, probabilities);
    }
    return probabilities;
  }

  private hasEvaluated(x: Float64Array): boolean {
    if (!this.isEvaluated) return false;
    const { evaluated, dimensions } = this;
    for (let i = 0; i < dimensions; i++) if (evaluated[i] !== x[i]) return false;
    return true;
  }
}

export const randomFeatureRls: ClassifierFactory = {
  name: NAME,
  create: (options) => new RandomFeatureRls(options),
  restore: (state) => RandomFeatureRls.restore(state),
};
