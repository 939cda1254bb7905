import type { Value } from '../../queries/rows/value.js';
import { TableFileError, tableOf, type Table } from './table.js';

/** A table of JSON: a list of objects, or an object on each line. */
export function jsonTable(text: string): Table {
  const objects = text.trimStart().startsWith('[')
    ? parse(text)
    : text.split('\n').filter(Boolean).map(parse);
  if (!Array.isArray(objects) || !objects.every(isObject))
    throw new TableFileError('expected a list of JSON objects, or one on each line');
  const names = [...new Set(objects.flatMap((each) => Object.keys(each)))];
  return tableOf(
    names,
    objects.map((each) => names.map((name) => valueOf(each[name]))),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueOf(value: unknown): Value {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TableFileError(`not JSON: ${(error as Error).message}`);
  }
}
