import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory, ClassifierOptions } from '../../classifier.js';
import { ClassList } from '../../classifiers/class-list.js';
import { checkFeatures } from '../../classifiers/feature-check.js';
import { RunningScaler, type ScalerOptions } from '../../classifiers/running-scaler.js';
import { Xoshiro128 } from '../../random/xoshiro128.js';
import { DenseNetwork, type Batch } from './dense-network.js';
import { ReplayBuffer } from './replay-buffer.js';

const NAME = 'tfjs';
const FORMAT = 'hark.classifier.tfjs';
const FORMAT_VERSION = 1;

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
export class TensorFlowNetwork implements Classifier {
  readonly name = NAME;
  readonly dimensions: number;
  private readonly seed: number;
  private classList = new ClassList();
  private learnedCount = 0;
  private steps = 0;
  private readonly scaler: RunningScaler;
  private readonly network: DenseNetwork;
  private readonly replay: ReplayBuffer;
  private readonly standardised: Float64Array;
  /** The standardised features and the constant 1. */
  private readonly row: Float32Array;
  private readonly batch: Batch;
  /** A view for each number of classes. */
  private readonly outputs: Float64Array[];

  constructor(options: ClassifierOptions) {
    const { dimensions, seed } = options;
    const inputs = dimensions + 1;
    const shape = { inputs, hidden: TUNING.hidden, outputs: MAX_ACTIVITIES, rate: TUNING.rate };
    this.dimensions = dimensions;
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
    const values = new Float64Array(MAX_ACTIVITIES);
    this.outputs = Array.from({ length: MAX_ACTIVITIES + 1 }, (_, count) => values.subarray(0, count));
  }

  get classes(): readonly string[] {
    return this.classList.names;
  }

  get learned(): number {
    return this.learnedCount;
  }

  predict(x: Float64Array): Float64Array {
    checkFeatures(x, this.dimensions);
    const probabilities = this.outputs[this.classes.length];
    if (probabilities.length === 0) return probabilities;
    this.standardise(x);
    const scores = this.network.scores(this.row, probabilities.length);
    softmax(scores, probabilities);
    return probabilities;
  }

  learn(x: Float64Array, label: string): void {
    checkFeatures(x, this.dimensions);
    const target = this.classList.findOrAdd(label);
    this.scaler.update(x);
    this.standardise(x);
    this.learnedCount++;
    // Each window has a generator of its own: of the state, the seed and the count are enough.
    const random = new Xoshiro128(this.seed + this.learnedCount);
    this.replay.offer(this.row, target, random);
    // Of one class there is nothing to learn. The steps not taken are made up for once there is another.
    if (this.classes.length < 2) return;
    const wanted = Math.min(this.steps + STEPS_A_WINDOW, stepsFor(this.learnedCount));
    for (; this.steps < wanted; this.steps++) {
      this.draw(target, random);
      this.network.step(this.batch, this.classes.length);
    }
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION);
    state.u32(this.dimensions).u32(this.seed).f64(this.learnedCount).f64(this.steps);
    this.classList.write(state);
    this.scaler.write(state);
    this.network.write(state);
    this.replay.write(state);
    return state.finish();
  }

  static restore(bytes: Uint8Array): TensorFlowNetwork {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    const restored = new TensorFlowNetwork({ dimensions: state.u32(), seed: state.u32() });
    restored.learnedCount = state.f64();
    restored.steps = state.f64();
    restored.classList = ClassList.read(state);
    restored.scaler.read(state);
    restored.network.read(state);
    restored.replay.read(state);
    state.finish();
    return restored;
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
export const tensorFlowNetwork: ClassifierFactory = {
  name: NAME,
  create: (options) => new TensorFlowNetwork(options),
  restore: (state) => TensorFlowNetwork.restore(state),
};
