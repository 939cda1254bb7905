import type { ColumnType } from '@hark/contracts';
import { columnOf } from '../rows/row-batch-builder.js';
import type { Column, Columns, DoubleColumn } from '../rows/row-batch.js';
import { INT64_BASE } from '../rows/int64.js';
import type { Value } from '../rows/value.js';

/** An expression whose names and types are known. */
export interface Bound {
  readonly type: ColumnType;
  /** Indexes of the columns that it reads. */
  readonly uses: ReadonlySet<number>;
  /** The value, when it is the same in every row. */
  readonly constant?: Value;
  /** A column as long as the rows. A double that would not be finite is null, so no NaN or infinity goes on. */
  evaluate(rows: Columns): Column;
}

export function boundColumn(type: ColumnType, index: number): Bound {
  return { type, uses: new Set([index]), evaluate: (rows) => rows.column(index) };
}

export function boundConstant(type: ColumnType, value: Value): Bound {
  let made: { readonly length: number; readonly column: Column } | null = null;
  return {
    type,
    uses: new Set(),
    constant: value,
    evaluate({ length }) {
      if (made === null || made.length < length) {
        made = { length, column: columnOf(type, new Array<Value>(length).fill(value)) };
      }
      return made.column;
    },
  };
}

export function usesOf(args: readonly Bound[]): ReadonlySet<number> {
  return new Set(args.flatMap(({ uses }) => [...uses]));
}

export function isNumber({ type }: Bound): boolean {
  return type === 'double' || type === 'long';
}

/** Values of a double or a long as doubles, NaN = null. A long beyond 2^53 is rounded. */
export function doublesOf(column: Column): Float64Array {
  if (column.type === 'double') return column.values;
  if (column.type !== 'long') throw new TypeError(`${column.type} is no number`);
  const values = new Float64Array(column.hi.length);
  for (let i = 0; i < values.length; i++) values[i] = column.hi[i] * INT64_BASE + column.lo[i];
  return values;
}

/** What arithmetic made: infinities become null. */
export function finiteColumn(values: Float64Array): DoubleColumn {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) values[i] = NaN;
  return { type: 'double', values };
}
