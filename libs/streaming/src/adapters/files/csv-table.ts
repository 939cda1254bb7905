import type { Value } from '../../queries/rows/value.js';
import { TableFileError, tableOf, type Table } from './table.js';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A table of RFC 4180 CSV with a header line; empty cells and `null` are null, and what looks like a number is one. */
export function csvTable(text: string): Table {
  const [header, ...lines] = recordsOf(text.replace(/^\uFEFF/, ''));
  if (header === undefined) throw new TableFileError('the file is empty: a header line is expected');
  const rows = lines.map((line, i) => {
    if (line.length !== header.length) {
      throw new TableFileError(`row ${i + 1} has ${line.length} cells, the header ${header.length}`);
    }
    return line.map(cellOf);
  });
  // A column with one cell that is no number is text throughout.
  const isText = header.map((_, c) => rows.some((row) => typeof row[c] === 'string'));
  const cells = lines.map((line) => line.map((cell, c) => (isText[c] ? textOf(cell) : cellOf(cell))));
  return tableOf(header, cells);
}

function cellOf(text: string): Value {
  return NUMBER.test(text) ? Number(text) : textOf(text);
}

function textOf(text: string): string | null {
  return text === '' || text === 'null' ? null : text;
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  for (let match = cell.exec(text); match !== null && match.index < text.length; match = cell.exec(text)) {
    const [, quoted, plain, end] = match;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  if (record.length > 0) records.push([...record, ''].slice(0, record.length + (text.endsWith(',') ? 1 : 0)));
  return records;
}
