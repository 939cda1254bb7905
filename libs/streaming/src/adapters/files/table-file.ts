import { csvTable } from './csv-table.js';
import { jsonTable } from './json-table.js';
import { parquetTable } from './parquet-table.js';
import { TableFileError, type Table } from './table.js';

/** The formats of table files, by the end of their names. */
export const TABLE_FORMATS = ['csv', 'json', 'parquet'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** @throws TableFileError */
export async function readTable(bytes: Uint8Array, format: TableFormat): Promise<Table> {
  if (format === 'parquet') return parquetTable(bytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TableFileError('not UTF-8');
  }
  return format === 'csv' ? csvTable(text) : jsonTable(text);
}
