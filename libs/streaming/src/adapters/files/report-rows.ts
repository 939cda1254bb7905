import type { ReportColumn, ReportValue } from '@hark/contracts';
import type { QueryPlan, Row, Value } from '../../queries/index.js';

/** The columns that a plan puts out. */
export function reportColumns({
  schema,
  keyColumns,
}: Pick<QueryPlan, 'schema' | 'keyColumns'>): ReportColumn[] {
  return schema.map(({ name, type }, i) => ({ name, type, key: keyColumns.includes(i) }));
}

/** Rows as they stand in the log. */
export function reportRows(schema: readonly ReportColumn[], rows: readonly Row[]): ReportValue[][] {
  return rows.map((row) => row.map((value, i) => jsonValue(value, schema[i].type)));
}

function jsonValue(value: Value, type: ReportColumn['type']): ReportValue {
  if (type === 'timestamp' && value !== null) return isoNanoseconds(BigInt(value));
  if (typeof value === 'bigint') return String(value);
  // NaN and the infinities have no JSON.
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

const NS_PER_MS = 1_000_000n;

/** ISO 8601 in UTC with nine digits after the point. */
export function isoNanoseconds(ns: bigint): string {
  const within = ((ns % NS_PER_MS) + NS_PER_MS) % NS_PER_MS;
  const iso = new Date(Number((ns - within) / NS_PER_MS)).toISOString();
  return `${iso.slice(0, -1)}${String(within).padStart(6, '0')}Z`;
}
