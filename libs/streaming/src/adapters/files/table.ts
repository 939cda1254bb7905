import type { ColumnSpec, ColumnType } from '@hark/contracts';
import type { Row, Value } from '../../queries/rows/value.js';

/** A table as read from a file. */
export interface Table {
  readonly columns: readonly ColumnSpec[];
  readonly rows: readonly Row[];
}

/** A file that holds no table, or one that can't be read. */
export class TableFileError extends Error {
  readonly code = 'table_file';
}

/** A table of named cells, each column of the narrowest type that all of its cells have. */
export function tableOf(names: readonly string[], cells: readonly (readonly Value[])[]): Table {
  const types = names.map((_, c) => typeOf(cells, c));
  const columns = names.map((name, c) => ({ name, type: types[c] }));
  const rows = cells.map((row) =>
    row.map((cell, c) => (types[c] === 'string' && cell !== null ? String(cell) : cell)),
  );
  return { columns, rows };
}

function typeOf(cells: readonly (readonly Value[])[], c: number): ColumnType {
  const found = new Set<ColumnType>();
  for (const row of cells) {
    const cell = row[c];
    if (cell === null) continue;
    if (typeof cell === 'number') found.add('double');
    else if (typeof cell === 'bigint') found.add('long');
    else found.add(typeof cell === 'boolean' ? 'boolean' : 'string');
  }
  return found.size === 1 ? [...found][0] : 'string';
}
