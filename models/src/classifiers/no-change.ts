import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import type { Classifier, ClassifierFactory } from '../classifier.js';
import { ClassList } from './class-list.js';
import { checkFeatures } from './feature-check.js';

const NAME = 'no-change';
const FORMAT = 'hark.classifier.no-change';
const FORMAT_VERSION = 1;

/** Baseline: the label learned last, with certainty. Hard to beat where activities last for minutes. */
export class NoChange implements Classifier {
  readonly name = NAME;
  private classList = new ClassList();
  private learnedCount = 0;
  private last = 0;
  private readonly certainty = new Float64Array(32);

  constructor(readonly dimensions: number) {}

  get classes(): readonly string[] {
    return this.classList.names;
  }

  get learned(): number {
    return this.learnedCount;
  }

  predict(x: Float64Array): Float64Array {
    checkFeatures(x, this.dimensions);
    this.certainty.fill(0);
    this.certainty[this.last] = 1;
    return this.certainty.subarray(0, this.classList.names.length);
  }

  learn(x: Float64Array, label: string): void {
    checkFeatures(x, this.dimensions);
    this.last = this.classList.findOrAdd(label);
    this.learnedCount++;
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION).u32(this.dimensions).f64(this.learnedCount);
    this.classList.write(state);
    return state.u32(this.last).finish();
  }

  static restore(bytes: Uint8Array): NoChange {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    const restored = new NoChange(state.u32());
    restored.learnedCount = state.f64();
    restored.classList = ClassList.read(state);
    restored.last = state.u32();
    if (restored.last >= Math.max(1, restored.classList.names.length)) {
      throw new StateFormatError('the last label is of no class');
    }
    state.finish();
    return restored;
  }
}

export const noChange: ClassifierFactory = {
  name: NAME,
  create: ({ dimensions }) => new NoChange(dimensions),
  restore: (state) => NoChange.restore(state),
};
