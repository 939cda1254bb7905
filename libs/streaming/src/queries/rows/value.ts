import type { ColumnSpec } from '@hark/contracts';

/**
 * A cell. A timestamp is a bigint: nanoseconds since 1970. A `long` is a number where that is exact (to 2^53) and a
 * bigint beyond. A double is finite: what would be NaN or infinite is null.
 */
export type Value = string | number | bigint | boolean | null;

export type Row = readonly Value[];

/** Name and type of a column. */
export type ColumnSchema = ColumnSpec;

/** What a query may know of a source before it has read any of it. */
export interface SourceSchema {
  readonly columns: readonly ColumnSchema[];
}

/** A table that stands still: the static side of a join. */
export interface StaticTable {
  readonly name: string;
  readonly schema: readonly ColumnSchema[];
  readonly rows: readonly Row[];
}
