import { isColumn, type Column } from './row-sink.js';

/** The header of HHAR's files. */
export const HHAR_COLUMNS = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt';

const REQUIRED: readonly Column[] = ['Creation_Time', 'x', 'y', 'z', 'User', 'Device'];

/** The first line is data, and nobody said what its columns are. How to say it is for the caller to add. */
export class MissingHeaderError extends Error {
  readonly code = 'header_missing';
  constructor(readonly firstLine: string) {
    super(`the first line is no header: ${JSON.stringify(firstLine.slice(0, 64))}`);
  }
}

/** The header lacks a column that every row needs, or has one twice. */
export class HeaderColumnsError extends Error {
  readonly code = 'header_columns';
}

/** What stands where in each line: a column's name, or `null` for one that is ignored. */
export type CsvLayout = readonly (Column | null)[];

/** Whether the fields of a line are a header rather than data. */
export function isHeader(fields: readonly string[]): boolean {
  const names = fields.map((field) => field.trim());
  return names.includes('Creation_Time') || names.filter(isColumn).length > 2;
}

/** @throws HeaderColumnsError */
export function csvLayout(names: readonly string[]): CsvLayout {
  const layout = names.map((name) => {
    const trimmed = name.trim();
    return isColumn(trimmed) ? trimmed : null;
  });
  const missing = REQUIRED.filter((column) => !layout.includes(column));
  if (missing.length > 0) throw new HeaderColumnsError(`the header lacks ${missing.join(', ')}`);
  const twice = layout.find((column, i) => column !== null && layout.indexOf(column) !== i);
  if (twice) throw new HeaderColumnsError(`the header has ${twice} twice`);
  return layout;
}
