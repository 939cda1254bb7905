import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

/** A row of weights for each class: its score is the sum of weights times inputs. New rows are 0. */
export class LinearOutputs {
  readonly weights: Float64Array;
  private readonly rows: readonly Float64Array[];

  constructor(readonly inputs: number) {
    this.weights = new Float64Array(MAX_ACTIVITIES * inputs);
    this.rows = Array.from({ length: MAX_ACTIVITIES }, (_, c) =>
      this.weights.subarray(c * inputs, (c + 1) * inputs),
    );
  }

  /** The weights of a class; a view. */
  row(target: number): Float64Array {
    return this.rows[target];
  }

  /** Writes the scores of the first `count` classes at `h`. */
  evaluate(h: Float64Array, scores: Float64Array, count: number): void {
    const { weights, inputs } = this;
    const unrolled = inputs - 3;
    for (let c = 0, w = 0; c < count; c++) {
      // Four sums, so that none waits for the one before.
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let i = 0;
      for (; i < unrolled; i += 4, w += 4) {
        s0 += weights[w] * h[i];
        s1 += weights[w + 1] * h[i + 1];
        s2 += weights[w + 2] * h[i + 2];
        s3 += weights[w + 3] * h[i + 3];
      }
      for (; i < inputs; i++, w++) s0 += weights[w] * h[i];
      scores[c] = s0 + s1 + (s2 + s3);
    }
  }

  write(state: StateWriter, count: number): void {
    state.f64Array(this.weights.subarray(0, count * this.inputs));
  }

  read(state: StateReader, count: number): void {
    this.weights.set(state.f64Array(count * this.inputs));
  }
}
