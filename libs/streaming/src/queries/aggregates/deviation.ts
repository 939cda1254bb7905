import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { doublesOf } from '../expressions/bound.js';
import type { Column } from '../rows/row-batch.js';
import { grown, type Aggregate } from './aggregate.js';
import type { RowRuns } from './row-runs.js';

/**
 * The sample standard deviation (Welford 1962; merged as Chan, Golub & LeVeque 1979). Null for fewer than two values,
 * as in Spark.
 */
export class SampleDeviation implements Aggregate {
  readonly type = 'double';
  private counts = new Float64Array(0);
  private means = new Float64Array(0);
  private squares = new Float64Array(0);

  reserve(capacity: number): void {
    this.counts = grown(this.counts, capacity);
    this.means = grown(this.means, capacity);
    this.squares = grown(this.squares, capacity);
  }

  init(slot: number): void {
    this.counts[slot] = 0;
    this.means[slot] = 0;
    this.squares[slot] = 0;
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const { counts, means, squares } = this;
    const values = doublesOf(column);
    for (let r = 0; r < count; r++) {
      const slot = slots[r];
      for (let j = starts[r]; j < ends[r]; j++) {
        const value = values[rows[j]];
        if (value !== value) continue;
        const n = (counts[slot] += 1);
        const before = value - means[slot];
        means[slot] += before / n;
        squares[slot] += before * (value - means[slot]);
      }
    }
  }

  merge(into: number, from: number): void {
    const { counts, means, squares } = this;
    const n = counts[into] + counts[from];
    if (counts[from] === 0) return;
    const apart = means[from] - means[into];
    squares[into] += squares[from] + ((apart * apart * counts[into]) / n) * counts[from];
    means[into] += (apart * counts[from]) / n;
    counts[into] = n;
  }

  value(slot: number): number | null {
    const n = this.counts[slot];
    if (n < 2) return null;
    const deviation = Math.sqrt(this.squares[slot] / (n - 1));
    return Number.isFinite(deviation) ? deviation : null;
  }

  write(slot: number, state: StateWriter): void {
    state.f64(this.counts[slot]).f64(this.means[slot]).f64(this.squares[slot]);
  }

  read(slot: number, state: StateReader): void {
    this.counts[slot] = state.f64();
    this.means[slot] = state.f64();
    this.squares[slot] = state.f64();
  }

  memoryUsedBytes(groups: number): number {
    return groups * 24;
  }
}
