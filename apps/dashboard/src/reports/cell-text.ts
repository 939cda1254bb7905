import type { ReportColumn, ReportRows } from '@hark/contracts';
import { NONE, short, whole } from '../format/numbers.js';
import { clock } from '../format/times.js';

/** A value of a report as it is read. */
export function cellText(value: ReportRows['rows'][number][string], type: ReportColumn['type']): string {
  if (value === null) return NONE;
  if (type === 'timestamp') return clock(Date.parse(String(value)));
  if (type === 'long') return whole(Number(value));
  if (type === 'double') return short(Number(value));
  return String(value);
}
