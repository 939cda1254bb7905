import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { doublesOf } from '../expressions/bound.js';
import { cellOf } from '../rows/cells.js';
import type { Column } from '../rows/row-batch.js';
import type { Value } from '../rows/value.js';
import type { Aggregate } from './aggregate.js';
import { hash, hash64, hashNumber, hashWords } from './hash64.js';
import { HyperLogLog } from './hyper-log-log.js';
import type { RowRuns } from './row-runs.js';
import { TDigest } from './t-digest.js';

interface Sketch<S> {
  merge(other: S): void;
  write(state: StateWriter): void;
  readonly memoryUsedBytes: number;
}

/** An aggregate that holds an object for each group. */
abstract class SketchAggregate<S extends Sketch<S>> implements Aggregate {
  abstract readonly type: 'long' | 'double';
  protected readonly sketches: S[] = [];

  protected constructor(
    private readonly empty: () => S,
    private readonly reading: (state: StateReader) => S,
  ) {}

  reserve(): void {}

  init(slot: number): void {
    this.sketches[slot] = this.empty();
  }

  abstract add(column: Column, runs: RowRuns): void;

  merge(into: number, from: number): void {
    this.sketches[into].merge(this.sketches[from]);
  }

  abstract value(slot: number): Value;

  write(slot: number, state: StateWriter): void {
    this.sketches[slot].write(state);
  }

  read(slot: number, state: StateReader): void {
    this.sketches[slot] = this.reading(state);
  }

  memoryUsedBytes(): number {
    return this.sketches.reduce((sum, sketch) => sum + (sketch?.memoryUsedBytes ?? 0), 0);
  }
}

/** `approx_count_distinct`: exact up to 512 different values, then within about 1.6 %. */
export class ApproximateDistinct extends SketchAggregate<HyperLogLog> {
  readonly type = 'long';

  constructor() {
    super(
      () => new HyperLogLog(),
      (state) => HyperLogLog.read(state),
    );
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    for (let r = 0; r < count; r++) {
      const sketch = this.sketches[slots[r]];
      for (let j = starts[r]; j < ends[r]; j++) if (hashCell(column, rows[j])) sketch.add(hash.hi, hash.lo);
    }
  }

  value(slot: number): number {
    return this.sketches[slot].estimate();
  }
}

/** `approx_quantile`: exact up to 512 values, see {@link TDigest}. */
export class ApproximateQuantile extends SketchAggregate<TDigest> {
  readonly type = 'double';

  constructor(private readonly q: number) {
    super(
      () => new TDigest(),
      (state) => TDigest.read(state),
    );
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const values = doublesOf(column);
    for (let r = 0; r < count; r++) {
      const sketch = this.sketches[slots[r]];
      for (let j = starts[r]; j < ends[r]; j++) {
        const value = values[rows[j]];
        if (value === value) sketch.add(value);
      }
    }
  }

  value(slot: number): number | null {
    return this.sketches[slot].quantile(this.q);
  }
}

/** @returns whether there is a value: nulls are not counted. */
function hashCell(column: Column, i: number): boolean {
  switch (column.type) {
    case 'double':
      if (Number.isNaN(column.values[i])) return false;
      hashNumber(column.values[i]);
      return true;
    case 'long':
    case 'timestamp':
      if (Number.isNaN(column.hi[i])) return false;
      hashNumber(column.hi[i]);
      hashWords(hash.hi ^ hash.lo, column.lo[i]);
      return true;
    default: {
      const value = cellOf(column, i);
      if (value !== null) hash64(value);
      return value !== null;
    }
  }
}
