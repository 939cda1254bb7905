import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import type { ClassifierOptions } from '../../classifier.js';
import { NumberedClassifier } from '../../classifiers/numbered-classifier.js';
import { RunningScaler, type ScalerOptions } from '../../classifiers/running-scaler.js';
import { Xoshiro128 } from '../../random/xoshiro128.js';
import { DenseNetwork, type Batch } from './dense-network.js';
import { ReplayBuffer } from './replay-buffer.js';

const FORMAT = { name: 'tfjs', version: 1 };

/** Hidden units, windows of a mini-batch, windows kept for replay, rate of Adam. */
const TUNING = { hidden: 64, batch: 32, replay: 1024, rate: 0.005 };

/** As for the default classifier, which says why. */
const SCALING: ScalerOptions = { settleAfter: 300, prior: { windows: 30, deviation: 1 } };

/** Most steps taken on account of one window. */
const STEPS_A_WINDOW = 4;

/**
 * Steps that `windows` windows are worth. With few, one step each leaves the network far from what they could teach it;
 * later each says less that is new, and one step in about eight windows keeps up at a bounded cost.
 */
const stepsFor = (windows: number): number => 40 * Math.sqrt(windows) + windows / 8;

/**
 * A small neural network on TensorFlow.js, the challenger: standardised features, 64 tanh units, softmax outputs,
 * learned with Adam on mini-batches of the window at hand and 31 replayed from a class-balanced buffer.
 *
 * Arithmetic is float32 and its last bits are the backend's: what `classifier.contract.ts` says of bits holds as long
 * as the backend is the same. A state goes from one backend to another; the answers then agree but for rounding.
 *
 * A backend must have been started before it predicts or learns.
 */
export class TensorFlowNetwork extends NumberedClassifier {
  private seed: number;
  private steps = 0;
  private readonly scaler: RunningScaler;
  private readonly network: DenseNetwork;
  private readonly replay: ReplayBuffer;
  private readonly standardised: Float64Array;
  /** The standardised features and the constant 1. */
  private readonly row: Float32Array;
  private readonly batch: Batch;

  constructor({ dimensions, seed }: ClassifierOptions) {
    super(FORMAT, dimensions);
    const inputs = dimensions + 1;
    const shape = { inputs, hidden: TUNING.hidden, outputs: MAX_ACTIVITIES, rate: TUNING.rate };
    this.seed = seed >>> 0;
    this.scaler = new RunningScaler(dimensions, SCALING);
    this.network = new DenseNetwork(shape, new Xoshiro128(this.seed));
    this.replay = new ReplayBuffer(inputs, TUNING.replay);
    this.standardised = new Float64Array(dimensions);
    this.row = new Float32Array(inputs).fill(1);
    this.batch = {
      features: new Float32Array(TUNING.batch * inputs),
      targets: new Uint8Array(TUNING.batch),
    };
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    this.standardise(x);
    softmax(this.network.scores(this.row, probabilities.length), probabilities);
  }

  protected absorb(x: Float64Array, target: number): void {
    this.scaler.update(x);
    this.standardise(x);
    const windows = this.learned + 1;
    // Each window has a generator of its own: of the state, the seed and the count are enough.
    const random = new Xoshiro128(this.seed + windows);
    this.replay.offer(this.row, target, random);
    // Of one class there is nothing to learn. The steps not taken are made up for once there is another.
    if (this.classes.length < 2) return;
    const wanted = Math.min(this.steps + STEPS_A_WINDOW, stepsFor(windows));
    for (; this.steps < wanted; this.steps++) {
      this.draw(target, random);
      this.network.step(this.batch, this.classes.length);
    }
  }

  protected write(state: StateWriter): void {
    state.u32(this.seed).f64(this.steps);
    this.scaler.write(state);
    this.network.write(state);
    this.replay.write(state);
  }

  protected read(state: StateReader): void {
    this.seed = state.u32();
    this.steps = state.f64();
    this.scaler.read(state);
    this.network.read(state);
    this.replay.read(state);
  }

  /** Writes the standardised `x` to the row. */
  private standardise(x: Float64Array): void {
    this.scaler.standardise(x, this.standardised);
    this.row.set(this.standardised);
  }

  /** Fills the batch: first the window in the row, then replayed ones. */
  private draw(target: number, random: Xoshiro128): void {
    const { features, targets } = this.batch;
    features.set(this.row);
    targets[0] = target;
    for (let i = 1; i < targets.length; i++) {
      const slot = Math.floor(random.nextUniform() * this.replay.size);
      targets[i] = this.replay.copy(slot, features, i * this.row.length);
    }
  }
}

/** In double precision, so that the sum is 1 to its last digits. */
function softmax(scores: Float32Array, probabilities: Float64Array): void {
  const most = Math.max(...scores);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    probabilities[c] = Math.exp(scores[c] - most);
    sum += probabilities[c];
  }
  for (let c = 0; c < scores.length; c++) probabilities[c] /= sum;
}

/** Works once a backend has been started: see `loadTensorFlow`, which hands it out. */
export const tensorFlowNetwork = NumberedClassifier.factory(
  FORMAT,
  (options) => new TensorFlowNetwork(options),
);
