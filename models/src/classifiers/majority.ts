import { StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory } from '../classifier.js';
import { ClassList } from './class-list.js';
import { checkFeatures } from './feature-check.js';

const NAME = 'majority';
const FORMAT = 'hark.classifier.majority';
const FORMAT_VERSION = 1;

/** Baseline: each class's share of the windows so far, whatever the features. */
export class Majority implements Classifier {
  readonly name = NAME;
  private classList = new ClassList();
  private learnedCount = 0;
  private counts = new Float64Array(32);
  private readonly shares = new Float64Array(32);

  constructor(readonly dimensions: number) {}

  get classes(): readonly string[] {
    return this.classList.names;
  }

  get learned(): number {
    return this.learnedCount;
  }

  predict(x: Float64Array): Float64Array {
    checkFeatures(x, this.dimensions);
    const count = this.classList.names.length;
    for (let c = 0; c < count; c++) this.shares[c] = this.counts[c] / this.learnedCount;
    return this.shares.subarray(0, count);
  }

  learn(x: Float64Array, label: string): void {
    checkFeatures(x, this.dimensions);
    this.counts[this.classList.findOrAdd(label)]++;
    this.learnedCount++;
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION).u32(this.dimensions).f64(this.learnedCount);
    this.classList.write(state);
    return state.f64Array(this.counts).finish();
  }

  static restore(bytes: Uint8Array): Majority {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    const restored = new Majority(state.u32());
    restored.learnedCount = state.f64();
    restored.classList = ClassList.read(state);
    restored.counts = state.f64Array(32);
    state.finish();
    return restored;
  }
}

export const majority: ClassifierFactory = {
  name: NAME,
  create: ({ dimensions }) => new Majority(dimensions),
  restore: (state) => Majority.restore(state),
};
