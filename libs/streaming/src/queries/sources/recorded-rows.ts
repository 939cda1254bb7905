import { RecordFormatError } from '@hark/contracts';
import { batchOf } from '../rows/row-batch-builder.js';
import type { ColumnSchema, Row, Value } from '../rows/value.js';
import type { SourceRows } from './source-rows.js';

/**
 * Rows that came from outside the log, as a record of `report-sources`: a JSON list of lists. Whole numbers beyond 2^53
 * and timestamps (nanoseconds) are digits in quotes.
 */
export function encodeRecordedRows(rows: readonly Row[]): Uint8Array {
  const text = JSON.stringify(rows, (_key, cell: unknown) =>
    typeof cell === 'bigint' ? String(cell) : cell,
  );
  return new TextEncoder().encode(text);
}

/** What {@link encodeRecordedRows} has written of rows with these columns. */
export function recordedRows(columns: readonly ColumnSchema[]): SourceRows {
  const isWhole = columns.map(({ type }) => type === 'long' || type === 'timestamp');
  return {
    columns,
    rows(record) {
      let rows: Row[];
      try {
        rows = JSON.parse(new TextDecoder().decode(record.value)) as Row[];
      } catch (error) {
        throw new RecordFormatError(`no recorded rows: ${(error as Error).message}`);
      }
      const cell = (value: Value, c: number): Value =>
        isWhole[c] && typeof value === 'string' ? BigInt(value) : value;
      return batchOf(
        columns,
        rows.map((row) => row.map(cell)),
      );
    },
  };
}
