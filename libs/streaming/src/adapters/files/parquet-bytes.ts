import type { ReportColumn, ReportValue } from '@hark/contracts';
import { parquetWriteBuffer } from 'hyparquet-writer';

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number];

const ELEMENTS: Readonly<Record<ReportColumn['type'], Omit<SchemaElement, 'name'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  double: { type: 'DOUBLE' },
  long: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
};

/**
 * Rows of a report as a Parquet file, the same bytes for the same rows. Times are microseconds, in UTC: all that Spark
 * reads; who needs the nanoseconds selects them as a column of whole numbers.
 */
export function parquetBytes(
  schema: readonly ReportColumn[],
  rows: readonly (readonly ReportValue[])[],
): Uint8Array {
  const elements = schema.map(({ name, type }): SchemaElement => ({
    name,
    repetition_type: 'OPTIONAL',
    ...ELEMENTS[type],
  }));
  const buffer = parquetWriteBuffer({
    columnData: schema.map(({ name, type }, i) => ({
      name,
      data: rows.map((row) => cell(row[i], type)),
    })),
    schema: [{ name: 'root', num_children: schema.length }, ...elements],
    createdBy: 'hark',
  });
  return new Uint8Array(buffer);
}

function cell(value: ReportValue, type: ReportColumn['type']): unknown {
  if (value === null) return null;
  if (type === 'long') return BigInt(value);
  return type === 'timestamp' ? microseconds(String(value)) : value;
}

/** @param iso with nine digits after the point. */
function microseconds(iso: string): bigint {
  return BigInt(Date.parse(`${iso.slice(0, 19)}Z`)) * 1000n + BigInt(iso.slice(20, 26));
}
