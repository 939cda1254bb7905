import type { Stretches } from './stretches.js';
import type { ColumnSchema } from './value.js';

/**
 * Strings by dictionary: row `i` holds `dictionary[codes[i]]`. Entries may be null and may repeat, so that columns of
 * one batch can share their codes: `User` and `Device` are both told by the stream that a row belongs to.
 */
export interface StringColumn {
  readonly type: 'string';
  readonly codes: Uint8Array | Uint16Array | Int32Array;
  readonly dictionary: readonly (string | null)[];
}

/** NaN is null. */
export interface DoubleColumn {
  readonly type: 'double';
  readonly values: Float64Array;
}

/**
 * Whole numbers of 64 bits as `hi · 10^6 + lo`, 0 ≤ lo < 10^6, both exact; `hi` NaN is null. Of a timestamp, `hi` is
 * whole milliseconds since 1970 and `lo` the nanoseconds within.
 */
export interface Int64Column {
  readonly type: 'long' | 'timestamp';
  readonly hi: Float64Array;
  readonly lo: Int32Array;
}

/** 0 = false, 1 = true, 2 = null. */
export interface BooleanColumn {
  readonly type: 'boolean';
  readonly values: Uint8Array;
}

export type Column = StringColumn | DoubleColumn | Int64Column | BooleanColumn;

/** What an expression is evaluated over: a batch, or what a step of a plan has made of it. */
export interface Columns {
  readonly length: number;
  /** Decoded when first asked for; each array has at least `length` entries. */
  column(index: number): Column;
}

/** Rows of a stream in their order, as columns. Nothing in it changes once it has been handed out. */
export interface RowBatch extends Columns {
  readonly schema: readonly ColumnSchema[];
  /** Absent where a source does not know of any. */
  readonly stretches?: Stretches;
}
