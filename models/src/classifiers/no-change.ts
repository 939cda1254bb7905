import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { NumberedClassifier } from './numbered-classifier.js';

const FORMAT = { name: 'no-change', version: 1 };

/** Baseline: the label learned last, with certainty. Hard to beat where activities last for minutes. */
export class NoChange extends NumberedClassifier {
  private last = 0;

  constructor(dimensions: number) {
    super(FORMAT, dimensions);
  }

  protected estimate(_: Float64Array, probabilities: Float64Array): void {
    probabilities.fill(0);
    probabilities[this.last] = 1;
  }

  protected absorb(_: Float64Array, target: number): void {
    this.last = target;
  }

  protected write(state: StateWriter): void {
    state.u32(this.last);
  }

  protected read(state: StateReader): void {
    this.last = state.u32();
    if (this.last >= Math.max(1, this.classes.length)) {
      throw new StateFormatError('the last label is of no class');
    }
  }
}

export const noChange = NumberedClassifier.factory(FORMAT, ({ dimensions }) => new NoChange(dimensions));
