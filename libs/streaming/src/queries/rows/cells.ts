import { bigintOf, longOf } from './int64.js';
import type { Column, RowBatch } from './row-batch.js';
import type { Row, Value } from './value.js';

/** The value of one row of a column. */
export function cellOf(column: Column, i: number): Value {
  switch (column.type) {
    case 'string':
      return column.dictionary[column.codes[i]];
    case 'double':
      return Number.isNaN(column.values[i]) ? null : column.values[i];
    case 'boolean':
      return column.values[i] === 2 ? null : column.values[i] === 1;
    case 'long':
      return Number.isNaN(column.hi[i]) ? null : longOf(column.hi[i], column.lo[i]);
    case 'timestamp':
      return Number.isNaN(column.hi[i]) ? null : bigintOf(column.hi[i], column.lo[i]);
  }
}

/** Every row of a batch, as rows. */
export function rowsOf(batch: RowBatch): Row[] {
  const columns = batch.schema.map((_, c) => batch.column(c));
  return Array.from({ length: batch.length }, (_, i) => columns.map((column) => cellOf(column, i)));
}
