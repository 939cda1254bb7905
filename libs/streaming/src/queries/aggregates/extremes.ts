import type { ColumnType } from '@hark/contracts';
import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { bigintOf, compareInt64, longOf } from '../rows/int64.js';
import type { BooleanColumn, Column, DoubleColumn, Int64Column, StringColumn } from '../rows/row-batch.js';
import type { Value } from '../rows/value.js';
import { grown, type Aggregate } from './aggregate.js';
import type { RowRuns } from './row-runs.js';

/** `min` or `max` of a column of any type. Texts are compared by UTF-16 code units. */
export function extreme(fn: 'min' | 'max', type: ColumnType): Aggregate {
  const sign = fn === 'min' ? 1 : -1;
  switch (type) {
    case 'string':
      return new ExtremeText(sign);
    case 'double':
      return new ExtremeDouble(sign);
    case 'boolean':
      return new ExtremeBoolean(sign);
    default:
      return new ExtremeInt64(sign, type);
  }
}

/** NaN = none yet. */
class ExtremeDouble implements Aggregate {
  readonly type: ColumnType = 'double';
  protected values = new Float64Array(0);

  constructor(protected readonly sign: number) {}

  reserve(capacity: number): void {
    this.values = grown(this.values, capacity);
  }

  init(slot: number): void {
    this.values[slot] = NaN;
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const { values, sign } = this;
    const added = (column as DoubleColumn).values;
    for (let r = 0; r < count; r++) {
      let held = values[slots[r]];
      for (let j = starts[r]; j < ends[r]; j++) {
        const value = added[rows[j]];
        if (sign * value < sign * held || held !== held) held = value;
      }
      values[slots[r]] = held;
    }
  }

  merge(into: number, from: number): void {
    const { values, sign } = this;
    const held = values[into];
    if (sign * values[from] < sign * held || held !== held) values[into] = values[from];
  }

  value(slot: number): Value {
    const value = this.values[slot];
    return Number.isNaN(value) ? null : value;
  }

  write(slot: number, state: StateWriter): void {
    state.f64(this.values[slot]);
  }

  read(slot: number, state: StateReader): void {
    this.values[slot] = state.f64();
  }

  memoryUsedBytes(groups: number): number {
    return groups * 8;
  }
}

/** Held as 0 and 1. */
class ExtremeBoolean extends ExtremeDouble {
  override readonly type = 'boolean';

  override add(column: Column, runs: RowRuns): void {
    const values = Float64Array.from((column as BooleanColumn).values, (value) =>
      value === 2 ? NaN : value,
    );
    super.add({ type: 'double', values }, runs);
  }

  override value(slot: number): Value {
    const value = this.values[slot];
    return Number.isNaN(value) ? null : value === 1;
  }
}

class ExtremeInt64 implements Aggregate {
  private hi = new Float64Array(0);
  private lo = new Float64Array(0);

  constructor(
    private readonly sign: number,
    readonly type: 'long' | 'timestamp',
  ) {}

  reserve(capacity: number): void {
    this.hi = grown(this.hi, capacity);
    this.lo = grown(this.lo, capacity);
  }

  init(slot: number): void {
    this.hi[slot] = NaN;
    this.lo[slot] = 0;
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const { hi, lo } = column as Int64Column;
    for (let r = 0; r < count; r++)
      for (let j = starts[r]; j < ends[r]; j++) this.take(slots[r], hi[rows[j]], lo[rows[j]]);
  }

  merge(into: number, from: number): void {
    this.take(into, this.hi[from], this.lo[from]);
  }

  private take(slot: number, hi: number, lo: number): void {
    const held = this.hi[slot];
    if (held === held && !(this.sign * compareInt64(hi, lo, held, this.lo[slot]) < 0)) return;
    this.hi[slot] = hi;
    this.lo[slot] = lo;
  }

  value(slot: number): Value {
    if (Number.isNaN(this.hi[slot])) return null;
    return (this.type === 'timestamp' ? bigintOf : longOf)(this.hi[slot], this.lo[slot]);
  }

  write(slot: number, state: StateWriter): void {
    state.f64(this.hi[slot]).f64(this.lo[slot]);
  }

  read(slot: number, state: StateReader): void {
    this.hi[slot] = state.f64();
    this.lo[slot] = state.f64();
  }

  memoryUsedBytes(groups: number): number {
    return groups * 16;
  }
}

class ExtremeText implements Aggregate {
  readonly type = 'string';
  private readonly texts: (string | null)[] = [];

  constructor(private readonly sign: number) {}

  reserve(): void {}

  init(slot: number): void {
    this.texts[slot] = null;
  }

  add(column: Column, { rows, starts, ends, slots, count }: RowRuns): void {
    const { codes, dictionary } = column as StringColumn;
    for (let r = 0; r < count; r++)
      for (let j = starts[r]; j < ends[r]; j++) this.take(slots[r], dictionary[codes[rows[j]]]);
  }

  merge(into: number, from: number): void {
    this.take(into, this.texts[from]);
  }

  private take(slot: number, text: string | null): void {
    if (text === null) return;
    const held = this.texts[slot];
    if (held === null || held === undefined || (this.sign > 0 ? text < held : text > held))
      this.texts[slot] = text;
  }

  value(slot: number): Value {
    return this.texts[slot];
  }

  write(slot: number, state: StateWriter): void {
    const text = this.texts[slot];
    state.bool(text !== null);
    if (text !== null) state.string(text);
  }

  read(slot: number, state: StateReader): void {
    this.texts[slot] = state.bool() ? state.string() : null;
  }

  memoryUsedBytes(groups: number): number {
    return groups * 32;
  }
}
