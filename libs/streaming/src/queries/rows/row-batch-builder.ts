import { hiOf, loOf } from './int64.js';
import type { Column, RowBatch } from './row-batch.js';
import type { ColumnSchema, Row, Value } from './value.js';

/** Collects rows into a {@link RowBatch}: for sources that are not columnar by themselves. */
export class RowBatchBuilder {
  private cells: Value[][];

  constructor(private readonly schema: readonly ColumnSchema[]) {
    this.cells = schema.map(() => []);
  }

  get rows(): number {
    return this.cells.length === 0 ? 0 : this.cells[0].length;
  }

  /** @param row a value of the column's type, or null, for each column of the schema. */
  push(row: Row): void {
    for (let c = 0; c < this.cells.length; c++) this.cells[c].push(row[c]);
  }

  /** The rows collected so far; the builder is empty afterwards. */
  take(): RowBatch {
    const columns = this.schema.map(({ type }, c) => columnOf(type, this.cells[c]));
    const batch = columnsBatch(this.schema, this.rows, columns);
    this.cells = this.schema.map(() => []);
    return batch;
  }
}

/** A batch of columns that are there already. */
export function columnsBatch(
  schema: readonly ColumnSchema[],
  length: number,
  columns: readonly Column[],
): RowBatch {
  return { length, schema, column: (index) => columns[index] };
}

export function batchOf(schema: readonly ColumnSchema[], rows: readonly Row[]): RowBatch {
  const builder = new RowBatchBuilder(schema);
  for (const row of rows) builder.push(row);
  return builder.take();
}

/** A column of values of one type, nulls among them. A double that is not finite becomes null. */
export function columnOf(type: ColumnSchema['type'], cells: readonly Value[]): Column {
  switch (type) {
    case 'string':
      return stringColumn(cells as readonly (string | null)[]);
    case 'double':
      return {
        type,
        values: Float64Array.from(cells, (cell) => (Number.isFinite(cell) ? (cell as number) : NaN)),
      };
    case 'boolean':
      return { type, values: Uint8Array.from(cells, (cell) => (cell === null ? 2 : Number(cell))) };
    default: {
      const hi = Float64Array.from(cells, (cell) => (cell === null ? NaN : hiOf(cell as number | bigint)));
      const lo = Int32Array.from(cells, (cell, i) =>
        cell === null ? 0 : loOf(cell as number | bigint, hi[i]),
      );
      return { type, hi, lo };
    }
  }
}

function stringColumn(cells: readonly (string | null)[]): Column {
  const codes = new Int32Array(cells.length);
  const dictionary: (string | null)[] = [];
  const known = new Map<string | null, number>();
  for (let i = 0; i < cells.length; i++) {
    let code = known.get(cells[i]);
    if (code === undefined) {
      code = dictionary.push(cells[i]) - 1;
      known.set(cells[i], code);
    }
    codes[i] = code;
  }
  return { type: 'string', codes, dictionary };
}
