import type { Columns } from '../expressions/bound.js';
import type { Column } from '../rows/row-batch.js';
import type { BatchClock } from './batch-clock.js';

/** What one operator hands to the next: columns, and which of their rows are still in, in the order of the stream. */
export interface Frame extends Columns {
  /** The first `count` are the rows that are in; ascending unless a join has repeated some. */
  readonly rows: Int32Array;
  readonly count: number;
  /** The watermark at each row; null in a query without one. */
  readonly clock: BatchClock | null;
  /** Columns that other columns tell; absent where there are none. */
  readonly told?: ToldColumns;
}

/** Columns from an index on that are the same wherever some columns before them are: those of a join by these. */
export interface ToldColumns {
  readonly from: number;
  readonly by: ReadonlySet<number>;
  /** The columns at some rows alone: row `j` is that at `rows[j]`. Only those from `from` on. */
  at(rows: Int32Array): Columns;
}

let identity = new Int32Array(0);

/** 0, 1, 2 …: every row. Shared, never written to. */
export function allRows(length: number): Int32Array {
  if (identity.length < length) identity = Int32Array.from({ length: length * 2 }, (_, i) => i);
  return identity;
}

/** Columns of which some are made from the others, each when it is first asked for. */
export class ExtendedColumns implements Columns {
  private readonly made: (Column | undefined)[] = [];

  /** @param extra makes column `first + k` for k of its length. */
  constructor(
    readonly base: Columns,
    private readonly first: number,
    private readonly extra: (index: number) => Column,
  ) {}

  get length(): number {
    return this.base.length;
  }

  column(index: number): Column {
    if (index < this.first) return this.base.column(index);
    return (this.made[index] ??= this.extra(index - this.first));
  }
}

/** Rows of a column, in another order or some of them more than once; −1 gives null. */
export function gather(column: Column, rows: Int32Array, count: number): Column {
  switch (column.type) {
    case 'string': {
      const codes = new Int32Array(count);
      const absent = column.dictionary.length;
      for (let j = 0; j < count; j++) codes[j] = rows[j] < 0 ? absent : column.codes[rows[j]];
      return { type: 'string', codes, dictionary: [...column.dictionary, null] };
    }
    case 'double': {
      const values = new Float64Array(count);
      for (let j = 0; j < count; j++) values[j] = rows[j] < 0 ? NaN : column.values[rows[j]];
      return { type: 'double', values };
    }
    case 'boolean': {
      const values = new Uint8Array(count);
      for (let j = 0; j < count; j++) values[j] = rows[j] < 0 ? 2 : column.values[rows[j]];
      return { type: 'boolean', values };
    }
    default: {
      const hi = new Float64Array(count);
      const lo = new Int32Array(count);
      for (let j = 0; j < count; j++) {
        hi[j] = rows[j] < 0 ? NaN : column.hi[rows[j]];
        lo[j] = rows[j] < 0 ? 0 : column.lo[rows[j]];
      }
      return { type: column.type, hi, lo };
    }
  }
}
