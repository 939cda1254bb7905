import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { INT64_BASE, bigintOf, isInt64, longOf } from '../rows/int64.js';
import type { Column, Int64Column } from '../rows/row-batch.js';
import { grown, type Aggregate } from './aggregate.js';
import type { RowRuns } from './row-runs.js';

/** The exact sum of whole numbers: of both halves by itself. Null once it leaves 64 bits. */
export class LongSum implements Aggregate {
  readonly type = 'long';
  private hi = new Float64Array(0);
  private lo = new Float64Array(0);
  private counts = new Float64Array(0);

  reserve(capacity: number): void {
    this.hi = grown(this.hi, capacity);
    this.lo = grown(this.lo, capacity);
    this.counts = grown(this.counts, capacity);
  }

  init(slot: number): void {
    this.hi[slot] = 0;
    this.lo[slot] = 0;
    this.counts[slot] = 0;
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const { hi, lo } = column as Int64Column;
    for (let r = 0; r < count; r++) {
      const slot = slots[r];
      for (let j = starts[r]; j < ends[r]; j++) {
        const i = rows[j];
        if (hi[i] !== hi[i]) continue;
        this.hi[slot] += hi[i];
        this.lo[slot] += lo[i];
        this.counts[slot]++;
      }
    }
  }

  merge(into: number, from: number): void {
    this.hi[into] += this.hi[from];
    this.lo[into] += this.lo[from];
    this.counts[into] += this.counts[from];
  }

  value(slot: number): number | bigint | null {
    if (this.counts[slot] === 0) return null;
    const hi = this.hi[slot];
    const lo = this.lo[slot];
    // Sums of halves are exact far beyond the point where the whole has left 64 bits.
    if (Math.abs(hi * INT64_BASE + lo) < Number.MAX_SAFE_INTEGER) return longOf(hi, lo);
    return isInt64(bigintOf(hi, lo)) ? bigintOf(hi, lo) : null;
  }

  write(slot: number, state: StateWriter): void {
    state.f64(this.hi[slot]).f64(this.lo[slot]).f64(this.counts[slot]);
  }

  read(slot: number, state: StateReader): void {
    this.hi[slot] = state.f64();
    this.lo[slot] = state.f64();
    this.counts[slot] = state.f64();
  }

  memoryUsedBytes(groups: number): number {
    return groups * 24;
  }
}
