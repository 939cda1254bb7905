import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { isNull } from '../expressions/conditions.js';
import type { Column } from '../rows/row-batch.js';
import { grown, type Aggregate } from './aggregate.js';
import type { RowRuns } from './row-runs.js';

/** Rows, or the values of a column that are not null. */
export class Count implements Aggregate {
  readonly type = 'long';
  private counts = new Float64Array(0);

  reserve(capacity: number): void {
    this.counts = grown(this.counts, capacity);
  }

  init(slot: number): void {
    this.counts[slot] = 0;
  }

  add(column: Column | null, { rows, starts, ends, slots, count }: RowRuns): void {
    const { counts } = this;
    for (let r = 0; r < count; r++) {
      let added = ends[r] - starts[r];
      if (column !== null) {
        for (let j = starts[r]; j < ends[r]; j++) if (isNull(column, rows[j])) added--;
      }
      counts[slots[r]] += added;
    }
  }

  merge(into: number, from: number): void {
    this.counts[into] += this.counts[from];
  }

  value(slot: number): number {
    return this.counts[slot];
  }

  write(slot: number, state: StateWriter): void {
    state.f64(this.counts[slot]);
  }

  read(slot: number, state: StateReader): void {
    this.counts[slot] = state.f64();
  }

  memoryUsedBytes(groups: number): number {
    return groups * 8;
  }
}
