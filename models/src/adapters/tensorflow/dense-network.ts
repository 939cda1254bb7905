import { type StateReader, type StateWriter } from '@hark/streaming';
import * as tf from '@tensorflow/tfjs-core';
import { fillGaussian } from '../../random/gaussian.js';
import type { Xoshiro128 } from '../../random/xoshiro128.js';
import { Adam } from './adam.js';
import { float32Bytes, readFloat32 } from './float32-bytes.js';

/** Numbers of a network: `inputs` counts the constant 1 that stands for a bias; `rate` is Adam's. */
export interface NetworkOptions {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly rate: number;
}

/** Examples as rows: `inputs` features each, and the number of each one's class. */
export interface Batch {
  readonly features: Float32Array;
  readonly targets: Uint8Array;
}

/**
 * A layer of tanh units, and softmax outputs that see these units and, past them, the inputs:
 * `softmax(W [tanh(V x); x])`, learned by mini-batches.
 *
 * The weights are held here, not in TensorFlow: an operation takes them there and leaves no tensor behind. So a network
 * needs no disposal, and a picture of it is a copy.
 */
export class DenseNetwork {
  /** V by rows of inputs, then W by rows of outputs: outputs not used yet are the end of it. */
  private readonly weights: Float32Array;
  private readonly gradient: Float32Array;
  private readonly adam: Adam;

  constructor(
    private readonly options: NetworkOptions,
    random: Xoshiro128,
  ) {
    const { inputs, hidden, outputs, rate } = options;
    const length = this.used(outputs);
    this.weights = new Float32Array(length);
    this.gradient = new Float32Array(length);
    this.adam = new Adam(length, rate);
    // Arguments of tanh with a deviation of about 1. W starts at 0: nothing has been learned.
    const layer = new Float64Array(inputs * hidden);
    fillGaussian(layer, random);
    const scale = 1 / Math.sqrt(inputs);
    for (let i = 0; i < layer.length; i++) this.weights[i] = layer[i] * scale;
  }

  /** Scores of the first `outputs` outputs for one row of features; their softmax is the answer. */
  scores(features: Float32Array, outputs: number): Float32Array {
    let scores!: Float32Array;
    // Out by assignment: what tidy returns it searches for tensors, number by number.
    tf.tidy(() => {
      const [layer, output] = this.layers(outputs);
      const x = tf.tensor2d(features, [1, this.options.inputs]);
      const seen = tf.concat2d([tf.tanh(tf.matMul(x, layer)), x], 1);
      scores = tf.matMul(seen, output, false, true).dataSync<'float32'>();
    });
    return scores;
  }

  /** A step down the mean cross entropy of a batch over the first `outputs` outputs. */
  step({ features, targets }: Batch, outputs: number): void {
    const { hidden, inputs } = this.options;
    const gradient = this.gradient.subarray(0, this.used(outputs));
    const rows = targets.length;
    const truth = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++) truth[row * outputs + targets[row]] = 1;
    tf.tidy(() => {
      const [layer, output] = this.layers(outputs);
      const x = tf.tensor2d(features, [rows, inputs]);
      const units = tf.tanh<tf.Tensor2D>(tf.matMul(x, layer));
      const seen = tf.concat2d([units, x], 1);
      const answer = tf.softmax<tf.Tensor2D>(tf.matMul(seen, output, false, true));
      const error = tf.sub<tf.Tensor2D>(answer, tf.tensor2d(truth, [rows, outputs]));
      const outward = tf.slice<tf.Rank.R2, tf.Tensor2D>(output, [0, 0], [outputs, hidden]);
      const unitError = tf.matMul(error, outward);
      const layerError = tf.mul<tf.Tensor2D>(unitError, tf.sub(1, tf.square(units)));
      // Transposed first: a product with a transposed factor is several times slower in WebAssembly.
      const layerGradient = tf.matMul(tf.transpose(x), layerError);
      const outputGradient = tf.matMul(tf.transpose(error), seen);
      gradient.set(layerGradient.dataSync<'float32'>());
      gradient.set(outputGradient.dataSync<'float32'>(), inputs * hidden);
    });
    for (let i = 0; i < gradient.length; i++) gradient[i] /= rows;
    this.adam.step(this.weights, gradient);
  }

  write(state: StateWriter): void {
    state.bytes(float32Bytes(this.weights));
    this.adam.write(state);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    readFloat32(state.bytes(), this.weights);
    this.adam.read(state);
  }

  /** V, inputs × hidden, and W, outputs × (hidden + inputs). */
  private layers(outputs: number): [tf.Tensor2D, tf.Tensor2D] {
    const { inputs, hidden } = this.options;
    const end = inputs * hidden;
    return [
      tf.tensor2d(this.weights.subarray(0, end), [inputs, hidden]),
      tf.tensor2d(this.weights.subarray(end, this.used(outputs)), [outputs, hidden + inputs]),
    ];
  }

  /** How many of the weights the first `outputs` outputs need. */
  private used(outputs: number): number {
    const { inputs, hidden } = this.options;
    return inputs * hidden + outputs * (hidden + inputs);
  }
}
