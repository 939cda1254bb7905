import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { doublesOf } from '../expressions/bound.js';
import type { Column } from '../rows/row-batch.js';
import { grown, type Aggregate } from './aggregate.js';
import type { RowRuns } from './row-runs.js';

/** Sum and count of a column's values; the column may be a long, which is then rounded to doubles. */
abstract class SumAndCount implements Aggregate {
  readonly type = 'double';
  protected sums = new Float64Array(0);
  protected counts = new Float64Array(0);

  reserve(capacity: number): void {
    this.sums = grown(this.sums, capacity);
    this.counts = grown(this.counts, capacity);
  }

  init(slot: number): void {
    this.sums[slot] = 0;
    this.counts[slot] = 0;
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const { sums, counts } = this;
    const values = doublesOf(column);
    for (let r = 0; r < count; r++) {
      const slot = slots[r];
      const end = ends[r];
      let sum = sums[slot];
      let added = end - starts[r];
      for (let j = starts[r]; j < end; j++) {
        const value = values[rows[j]];
        if (value === value) sum += value;
        else added--;
      }
      sums[slot] = sum;
      counts[slot] += added;
    }
  }

  merge(into: number, from: number): void {
    this.sums[into] += this.sums[from];
    this.counts[into] += this.counts[from];
  }

  abstract value(slot: number): number | null;

  write(slot: number, state: StateWriter): void {
    state.f64(this.sums[slot]).f64(this.counts[slot]);
  }

  read(slot: number, state: StateReader): void {
    this.sums[slot] = state.f64();
    this.counts[slot] = state.f64();
  }

  memoryUsedBytes(groups: number): number {
    return groups * 16;
  }
}

/** The sum of doubles. */
export class DoubleSum extends SumAndCount {
  value(slot: number): number | null {
    return this.counts[slot] === 0 ? null : finite(this.sums[slot]);
  }
}

/** The arithmetic mean: the sum divided by the count, as Spark has it. */
export class Average extends SumAndCount {
  value(slot: number): number | null {
    return this.counts[slot] === 0 ? null : finite(this.sums[slot] / this.counts[slot]);
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
