import type { ColumnSchema, Row } from '../rows/value.js';
import { typedCell } from './typed-cell.js';

/** A string, or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** More digits than a number of JavaScript is sure to hold. */
const LONG = /^-?\d{16,}$/;

/** A JSON object as a row: its fields by the names of the columns. What is no object is a row of nulls. */
export function jsonRow(text: string, columns: readonly ColumnSchema[]): Row {
  const object = objectOf(text.replace(TOKEN, (token) => (LONG.test(token) ? `"${token}"` : token)));
  return columns.map(({ name, type }) => typedCell(type, Object.hasOwn(object, name) ? object[name] : null));
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The cells of a line of CSV (RFC 4180, no line break within a cell). */
export function csvCells(line: string): string[] {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;
  for (let more = true; more;) {
    const match = cell.exec(line);
    // A quote that is not closed, or text behind one that is: the rest is one cell as it stands.
    if (match === null) return [...cells, line.slice(cell.lastIndex)];
    cells.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    more = match[3] === ',';
  }
  return cells;
}

/**
 * A line of CSV as a row. An empty cell is null.
 * @param header names of its cells.
 */
export function csvRow(line: string, header: readonly string[], columns: readonly ColumnSchema[]): Row {
  const cells = csvCells(line);
  return columns.map(({ name, type }) => {
    const cell = cells[header.indexOf(name)] as string | undefined;
    return cell === undefined || cell === '' ? null : typedCell(type, cell);
  });
}
