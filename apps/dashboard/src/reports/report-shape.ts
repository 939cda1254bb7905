import type { ReportRows } from '@hark/contracts';

type Row = ReportRows['rows'][number];

/** A bar of a report: what it is of, and how much. */
export interface ReportBar {
  readonly name: string;
  readonly value: number;
}

/** What of a report can be drawn. */
export interface ReportShape {
  /** The column that is drawn; null where no column is a number. */
  readonly measure: string | null;
  readonly bars: readonly ReportBar[];
  /** Bars that are not shown for lack of room. */
  readonly more: number;
}

const MOST_BARS = 10;
const NUMBERS = new Set(['long', 'double']);

/**
 * The newest group of a report as bars: its first number, by what the rows are grouped by; of rows in windows of time
 * those of the last window. A long beyond 2^53 comes as digits.
 */
export function reportShape({ schema, rows }: Pick<ReportRows, 'schema' | 'rows'>): ReportShape {
  const measure = schema.find(({ type, key }) => !key && NUMBERS.has(type))?.name ?? null;
  if (measure === null || rows.length === 0) return { measure, bars: [], more: 0 };
  const times = schema.filter(({ type, key }) => key && type === 'timestamp').map(({ name }) => name);
  const [time] = times;
  const newest = time === undefined ? null : rows.reduce((last, row) => later(last, row[time]), '');
  const latest = newest === null ? rows : rows.filter((row) => String(row[time]) === newest);
  const keys = schema.filter(({ name, key }) => key && !times.includes(name)).map(({ name }) => name);
  const bars = latest
    .map((row) => ({ name: nameOf(row, keys), value: Number(row[measure]) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value);
  return { measure, bars: bars.slice(0, MOST_BARS), more: Math.max(0, bars.length - MOST_BARS) };
}

/** What a row is grouped by; in a cube a column that is summed over is null, and reads `all`. */
function nameOf(row: Row, keys: readonly string[]): string {
  const name = keys.map((key) => (row[key] === null ? 'all' : String(row[key]))).join(' · ');
  return name === '' ? 'all' : name;
}

function later(last: string, time: Row[string]): string {
  const text = String(time);
  return text > last ? text : last;
}
