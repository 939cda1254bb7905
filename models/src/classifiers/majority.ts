import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { NumberedClassifier } from './numbered-classifier.js';

const FORMAT = { name: 'majority', version: 1 };

/** Baseline: each class's share of the windows so far, whatever the features. */
export class Majority extends NumberedClassifier {
  private readonly counts = new Float64Array(MAX_ACTIVITIES);

  constructor(dimensions: number) {
    super(FORMAT, dimensions);
  }

  protected estimate(_: Float64Array, probabilities: Float64Array): void {
    for (let c = 0; c < probabilities.length; c++) probabilities[c] = this.counts[c] / this.learned;
  }

  protected absorb(_: Float64Array, target: number): void {
    this.counts[target]++;
  }

  protected write(state: StateWriter): void {
    state.f64Array(this.counts);
  }

  protected read(state: StateReader): void {
    this.counts.set(state.f64Array(MAX_ACTIVITIES));
  }
}

export const majority = NumberedClassifier.factory(FORMAT, ({ dimensions }) => new Majority(dimensions));
