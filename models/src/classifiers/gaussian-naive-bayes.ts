import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { ClassGaussians } from './class-gaussians.js';
import { compress } from './compress.js';
import { NumberedClassifier } from './numbered-classifier.js';
import { SoftmaxTemperature } from './softmax-temperature.js';

const FORMAT = { name: 'gnb', version: 1 };

/**
 * Gaussian naive Bayes: each feature, compressed, is normally distributed in each class, and independent of the others.
 *
 * It is not, and so plain naive Bayes is nearly certain also where it is wrong. The temperature follows how often it
 * is right, on the mean over features of the logarithms.
 */
export class GaussianNaiveBayes extends NumberedClassifier {
  private readonly gaussians: ClassGaussians;
  private readonly temperature = new SoftmaxTemperature();
  private readonly inputs: Float64Array;
  private readonly scores = new Float64Array(MAX_ACTIVITIES);

  constructor(options: { readonly dimensions: number }) {
    super(FORMAT, options.dimensions);
    this.gaussians = new ClassGaussians(options.dimensions);
    this.inputs = new Float64Array(options.dimensions);
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    const { inputs, scores, dimensions } = this;
    const count = probabilities.length;
    compress(x, inputs);
    this.gaussians.logJoint(inputs, scores, count);
    for (let c = 0; c < count; c++) scores[c] /= dimensions;
    this.temperature.probabilities(scores, count, probabilities);
  }

  protected absorb(x: Float64Array, target: number): void {
    const probabilities = this.answer(x);
    if (this.learned > 0) this.temperature.learn(this.scores, probabilities, probabilities.length, target);
    this.gaussians.add(this.inputs, target);
  }

  protected write(state: StateWriter): void {
    state.f64(this.temperature.sharpness);
    this.gaussians.write(state);
  }

  protected read(state: StateReader): void {
    this.temperature.sharpness = state.f64();
    this.gaussians.read(state);
  }
}

export const gaussianNaiveBayes = NumberedClassifier.factory(
  FORMAT,
  (options) => new GaussianNaiveBayes(options),
);
