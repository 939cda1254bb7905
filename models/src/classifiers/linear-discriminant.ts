import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { compress } from './compress.js';
import { GrowthSchedule } from './growth-schedule.js';
import type { Inferring } from './inferring.js';
import { LinearOutputs } from './linear-outputs.js';
import { NumberedClassifier } from './numbered-classifier.js';
import { factorise, solveFactorised, triangleLength } from './packed-cholesky.js';
import { SoftmaxTemperature } from './softmax-temperature.js';
import { symmetricMatrix, type SymmetricMatrix } from './symmetric-matrix.js';
import type { Unlearnable } from './unlearnable.js';

const FORMAT = { name: 'lda', version: 1 };

/** Share of the covariance that is taken to be the same in every direction. */
const SHRINKAGE = 0.05;
/** Windows without a direction that the covariance begins with. */
const PRIOR_WINDOWS = 5;
/** Compressed features that vary by less than this do so by rounding. */
const NO_VARIANCE = 1e-18;
/** The temperature's sharpness at which the probabilities are those of the model. */
const MODEL_SHARPNESS = 8;

/**
 * Linear discriminant analysis (Fisher 1936; Hastie, Tibshirani & Friedman, Elements of Statistical Learning, 4.3): in
 * each class the features, compressed, are normally distributed about the class's mean with one covariance for all.
 * Means and the scatter within classes are kept by Welford's update; the covariance is shrunk towards a sphere (Friedman
 * 1989), which keeps it well-conditioned whatever was seen. The discriminants are solved from it when
 * {@link GrowthSchedule} says so, and stand in between.
 *
 * All classes are held equally likely, as what has been labelled often says little of what is done often; and a class is
 * not held against being young: the mean of n windows lies by dimensions / n farther off than the true one, as squared
 * distances go, which is taken off (Moran & Murphy, Journal of the Royal Statistical Society C 28, 1979).
 *
 * Nothing is forgotten. Learns from far fewer windows than least squares does: a class's mean alone is new in it.
 */
export class LinearDiscriminant extends NumberedClassifier implements Inferring, Unlearnable {
  private readonly counts = new Float64Array(MAX_ACTIVITIES);
  /** One row of `dimensions` for each class. */
  private readonly means: Float64Array;
  /** Σ (x − own class's mean)(x − own class's mean)ᵀ */
  private readonly scatter: SymmetricMatrix;
  private readonly schedule = new GrowthSchedule();
  /** Of the compressed features and a bias: the log density, less what is the same for all classes. */
  private readonly discriminants: LinearOutputs;
  private readonly temperature = new SoftmaxTemperature();
  /** Compressed features, bias. */
  private readonly inputs: Float64Array;
  private readonly scores = new Float64Array(MAX_ACTIVITIES);
  private readonly factor: Float64Array;

  constructor(options: { readonly dimensions: number }) {
    const { dimensions } = options;
    super(FORMAT, dimensions);
    this.means = new Float64Array(MAX_ACTIVITIES * dimensions);
    this.scatter = symmetricMatrix(dimensions);
    this.discriminants = new LinearOutputs(dimensions + 1);
    this.inputs = new Float64Array(dimensions + 1);
    this.inputs[dimensions] = 1;
    this.factor = new Float64Array(triangleLength(dimensions));
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    const { inputs, scores } = this;
    const count = probabilities.length;
    compress(x, inputs);
    this.discriminants.evaluate(inputs, scores, count);
    for (let c = 0; c < count; c++) scores[c] /= MODEL_SHARPNESS;
    this.temperature.probabilities(scores, count, probabilities);
  }

  protected absorb(x: Float64Array, target: number): void {
    const probabilities = this.answer(x);
    // A class that has just appeared has no discriminant yet: nothing was said that could have been right.
    if (this.counts[target] > 0) {
      this.temperature.learn(this.scores, probabilities, probabilities.length, target);
    }
    this.addWindow(target, 1);
    if (this.schedule.isDue(target, this.counts[target])) this.solve();
  }

  /** Every window that somebody labelled counts alike. */
  readonly lastWeight = 1;

  unlearn(x: Float64Array, label: string): void {
    const target = this.classes.indexOf(label);
    // A class keeps its last window: without any it would have no place.
    if (target < 0 || this.counts[target] < 2) return;
    compress(x, this.inputs);
    this.removeWindow(target);
    this.solve();
    this.assume(this.classes, this.learned - 1);
  }

  /** The window counts for `trust` of one, and says nothing of how sure answers are. */
  learnInferred(x: Float64Array, label: string, trust: number): void {
    this.take(x, label, (target) => {
      compress(x, this.inputs);
      this.addWindow(target, trust);
      if (this.schedule.isDue(target, this.counts[target])) this.solve();
    });
  }

  /** Takes the compressed features in `inputs` into account, as so many windows (West 1979). */
  private addWindow(target: number, windows: number): void {
    const { inputs, scatter, means, dimensions } = this;
    const { vector: delta } = scatter;
    const before = this.counts[target];
    const n = (this.counts[target] += windows);
    const row = target * dimensions;
    const share = windows / n;
    for (let i = 0; i < dimensions; i++) {
      delta[i] = inputs[i] - means[row + i];
      means[row + i] += delta[i] * share;
    }
    if (before > 0) scatter.downdate(-before * share, 1);
  }

  /** What {@link addWindow} does with one window, backwards. */
  private removeWindow(target: number): void {
    const { inputs, scatter, means, dimensions } = this;
    const { vector: delta } = scatter;
    const n = this.counts[target];
    const left = (this.counts[target] = n - 1);
    const row = target * dimensions;
    for (let i = 0; i < dimensions; i++) {
      const mean = left > 0 ? (n * means[row + i] - inputs[i]) / left : 0;
      delta[i] = inputs[i] - mean;
      means[row + i] = mean;
    }
    if (left > 0) scatter.downdate(left / n, 1);
  }

  private solve(): void {
    const { counts, means, discriminants, factor, dimensions } = this;
    const count = this.classes.length;
    let windows = 0;
    for (let c = 0; c < count; c++) windows += counts[c];
    this.shrink(windows);
    // Condition ≤ dimensions / SHRINKAGE: always positive definite.
    factorise(factor, dimensions);
    for (let c = 0; c < count; c++) {
      const mean = means.subarray(c * dimensions, (c + 1) * dimensions);
      const row = discriminants.row(c);
      const weights = row.subarray(0, dimensions);
      weights.set(mean);
      solveFactorised(factor, weights);
      let quadratic = 0;
      for (let i = 0; i < dimensions; i++) quadratic += weights[i] * mean[i];
      this.schedule.solved(c, counts[c]);
      row[dimensions] = (dimensions / counts[c] - quadratic) / 2;
    }
  }

  /** `factor` becomes the covariance within classes. */
  private shrink(windows: number): void {
    const { factor, dimensions } = this;
    const { triangle: scatter } = this.scatter;
    let trace = 0;
    for (let i = 0, d = 0; i < dimensions; d += dimensions - i, i++) trace += scatter[d];
    const measured = trace / dimensions / windows;
    // Before any class has come twice nothing is known of the spread: the nearest mean is as good as any.
    const variance = measured > NO_VARIANCE ? measured : 1;
    const total = windows + PRIOR_WINDOWS;
    const kept = (1 - SHRINKAGE) / total;
    for (let p = 0; p < factor.length; p++) factor[p] = kept * scatter[p];
    const sphere = ((SHRINKAGE * windows + PRIOR_WINDOWS) / total) * variance;
    for (let i = 0, d = 0; i < dimensions; d += dimensions - i, i++) factor[d] += sphere;
  }

  protected write(state: StateWriter): void {
    const count = this.classes.length;
    state.f64(this.temperature.sharpness).f64Array(this.counts).f64Array(this.scatter.triangle);
    state.f64Array(this.means.subarray(0, count * this.dimensions));
    this.discriminants.write(state, count);
    this.schedule.write(state);
  }

  protected read(state: StateReader): void {
    const count = this.classes.length;
    this.temperature.sharpness = state.f64();
    this.counts.set(state.f64Array(MAX_ACTIVITIES));
    const { triangle } = this.scatter;
    triangle.set(state.f64Array(triangle.length));
    this.means.set(state.f64Array(count * this.dimensions));
    this.discriminants.read(state, count);
    this.schedule.read(state);
  }
}

export const linearDiscriminant = NumberedClassifier.factory(
  FORMAT,
  (options) => new LinearDiscriminant(options),
);
