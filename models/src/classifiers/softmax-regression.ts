import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { NumberedClassifier } from './numbered-classifier.js';
import { RunningScaler, type ScalerOptions } from './running-scaler.js';
import { softmaxInPlace } from './softmax-in-place.js';

const FORMAT = { name: 'softmax', version: 1 };

const RATE = 0.003;
/** Decay of Adam's two averages, and what keeps its quotient finite: the values of the paper. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

const SCALING: ScalerOptions = { settleAfter: 300, prior: { windows: 30, deviation: 1 } };

/**
 * Multinomial logistic regression on standardised features, one step of Adam (Kingma & Ba 2015, algorithm 1) for each
 * window, down the gradient of the log loss.
 */
export class SoftmaxRegression extends NumberedClassifier {
  private readonly scaler: RunningScaler;
  /** Standardised features, bias. */
  private readonly inputs: Float64Array;
  /** One row of `inputs` values for each class: weights, and Adam's averages of the gradient and of its square. */
  private readonly weights: Float64Array;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  /** β₁ᵗ and β₂ᵗ, by running products. */
  private decay1 = 1;
  private decay2 = 1;

  constructor(options: { readonly dimensions: number }) {
    super(FORMAT, options.dimensions);
    const inputs = options.dimensions + 1;
    this.scaler = new RunningScaler(options.dimensions, SCALING);
    this.inputs = new Float64Array(inputs);
    this.inputs[inputs - 1] = 1;
    this.weights = new Float64Array(MAX_ACTIVITIES * inputs);
    this.means = new Float64Array(MAX_ACTIVITIES * inputs);
    this.squares = new Float64Array(MAX_ACTIVITIES * inputs);
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    const { inputs, weights } = this;
    this.scaler.standardise(x, inputs);
    for (let c = 0, w = 0; c < probabilities.length; c++) {
      let sum = 0;
      for (let i = 0; i < inputs.length; i++, w++) sum += weights[w] * inputs[i];
      probabilities[c] = sum;
    }
    softmaxInPlace(probabilities);
  }

  protected absorb(x: Float64Array, target: number): void {
    if (this.scaler.update(x)) this.forgetAnswer();
    const probabilities = this.answer(x);
    const { inputs, weights, means, squares } = this;
    this.decay1 *= BETA1;
    this.decay2 *= BETA2;
    // The bias corrections of both averages, once for all weights.
    const step = (RATE * Math.sqrt(1 - this.decay2)) / (1 - this.decay1);
    const epsilon = EPSILON * Math.sqrt(1 - this.decay2);
    for (let c = 0, w = 0; c < probabilities.length; c++) {
      const error = probabilities[c] - (c === target ? 1 : 0);
      for (let i = 0; i < inputs.length; i++, w++) {
        const gradient = error * inputs[i];
        means[w] += (1 - BETA1) * (gradient - means[w]);
        squares[w] += (1 - BETA2) * (gradient * gradient - squares[w]);
        weights[w] -= (step * means[w]) / (Math.sqrt(squares[w]) + epsilon);
      }
    }
  }

  protected write(state: StateWriter): void {
    this.scaler.write(state);
    state.f64(this.decay1).f64(this.decay2);
    const length = this.classes.length * this.inputs.length;
    for (const rows of [this.weights, this.means, this.squares]) state.f64Array(rows.subarray(0, length));
  }

  protected read(state: StateReader): void {
    this.scaler.read(state);
    this.decay1 = state.f64();
    this.decay2 = state.f64();
    const length = this.classes.length * this.inputs.length;
    for (const rows of [this.weights, this.means, this.squares]) rows.set(state.f64Array(length));
  }
}

export const softmaxRegression = NumberedClassifier.factory(
  FORMAT,
  (options) => new SoftmaxRegression(options),
);
