import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

/** A class is due again when it has grown by this fraction. */
const GROWTH = 1 / 8;

/**
 * When to solve anew what is costly to solve: whenever some class has an eighth more windows than at the last solution.
 * That is at each of a class's first eight windows, and 64 times in its first 10,000. It depends on what was learned
 * alone, never on when somebody asked.
 */
export class GrowthSchedule {
  /** Windows of each class at the last solution. */
  private readonly counts = new Float64Array(MAX_ACTIVITIES);

  /** @param windows how many the class has, with the one just learned. */
  isDue(target: number, windows: number): boolean {
    return windows > this.counts[target] * (1 + GROWTH);
  }

  /** A solution takes so many windows of a class into account. */
  solved(target: number, windows: number): void {
    this.counts[target] = windows;
  }

  write(state: StateWriter): void {
    state.f64Array(this.counts);
  }

  read(state: StateReader): void {
    this.counts.set(state.f64Array(MAX_ACTIVITIES));
  }
}
