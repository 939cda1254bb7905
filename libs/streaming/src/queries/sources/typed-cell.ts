import { parseEventTime, toNanoseconds, type ColumnType } from '@hark/contracts';
import { isInt64 } from '../rows/int64.js';
import type { Value } from '../rows/value.js';

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const WHOLE = /^\s*[+-]?\d{1,19}\s*$/;
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?$/;

/**
 * What somebody else wrote, as a value of a type; null where it is none, as in Structured Streaming's mode PERMISSIVE.
 * A timestamp is ISO 8601, in UTC where it names no zone, or decimal nanoseconds.
 */
export function typedCell(type: ColumnType, written: unknown): Value {
  const cell = typeof written === 'bigint' ? String(written) : written;
  if (cell === null || cell === undefined) return null;
  switch (type) {
    case 'string':
      return typeof cell === 'string' ? cell : JSON.stringify(cell);
    case 'double':
      return doubleOf(cell);
    case 'long':
      return longOf(cell);
    case 'boolean':
      return booleanOf(cell);
    case 'timestamp':
      return typeof cell === 'string' || typeof cell === 'number' ? timestampOf(String(cell).trim()) : null;
  }
}

function booleanOf(cell: unknown): boolean | null {
  const text = typeof cell === 'string' ? cell.trim().toLowerCase() : cell;
  if (text === true || text === 'true') return true;
  return text === false || text === 'false' ? false : null;
}

function doubleOf(cell: unknown): number | null {
  const value = typeof cell === 'string' && NUMBER.test(cell) ? Number(cell) : cell;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function longOf(cell: unknown): number | bigint | null {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? cell : null;
  if (typeof cell !== 'string' || !WHOLE.test(cell)) return null;
  const value = BigInt(cell.trim().replace(/^\+/, ''));
  if (!isInt64(value)) return null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function timestampOf(text: string): bigint | null {
  const event = parseEventTime(text);
  if (event !== null) return toNanoseconds(event);
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${day}T${time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
