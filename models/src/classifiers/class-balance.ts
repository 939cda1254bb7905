import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** A class counts for at most so many times a window, however rare it is. */
const MOST = 8;
/** Windows after which about a third of what was counted is left. */
const MEMORY = 1000;

/**
 * How often each class has been learned lately, and so how much a window of it should count for: the rarer the more.
 *
 * Least squares keeps the score of a class low that is a small part of all windows. A class that has just appeared
 * would otherwise be overruled by its older neighbours for many windows after it could have been told apart.
 */
export class ClassBalance {
  private readonly counts = new Float64Array(MAX_ACTIVITIES);

  /**
   * Counts one window. @param amount how much of a window it is, in (0, 1].
   * @param classes how many classes there are; `target` is one of them.
   * @returns its weight: the mean count over its class's count, at least 1 and at most {@link MOST}.
   */
  take(target: number, amount: number, classes: number): number {
    const { counts } = this;
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      counts[c] *= 1 - 1 / MEMORY;
      if (c === target) counts[c] += amount;
      sum += counts[c];
    }
    return Math.max(1, Math.min(MOST, sum / (classes * counts[target])));
  }

  write(state: StateWriter): void {
    state.f64Array(this.counts);
  }

  read(state: StateReader): void {
    this.counts.set(state.f64Array(MAX_ACTIVITIES));
    // NaN fails it too.
    if (!this.counts.every((count) => count >= 0 && count < Infinity)) {
      throw new StateFormatError('the counts of the classes are damaged');
    }
  }
}
