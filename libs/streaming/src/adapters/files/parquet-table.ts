import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Value } from '../../queries/rows/value.js';
import { TableFileError, tableOf, type Table } from './table.js';

/** The table of a Parquet file; what is neither text, number nor truth value becomes text. */
export async function parquetTable(bytes: Uint8Array): Promise<Table> {
  const file = bytes.slice().buffer;
  try {
    const names = parquetMetadata(file)
      .schema.slice(1)
      .map(({ name }) => name);
    const objects = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    return tableOf(
      names,
      objects.map((each) => names.map((name) => valueOf(each[name]))),
    );
  } catch (error) {
    throw new TableFileError(`not Parquet: ${(error as Error).message}`);
  }
}

function valueOf(value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : (value as Value);
}
