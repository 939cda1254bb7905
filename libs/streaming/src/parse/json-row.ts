import type { Sensor } from '@hark/contracts';
import { JsonCursor } from './json-cursor.js';
import { takeRow, Unusable } from './row-rules.js';
import { isColumn, MAX_REJECTED_TEXT, type Column, type RowSink } from './row-sink.js';

const OPEN_BRACE = 0x7b;
/** Columns whose value may be written as a string; the others are numbers. */
const TEXT = new Set<Column>(['User', 'Device', 'Model', 'Sensor', 'gt', 'Creation_Time', 'Arrival_Time']);
/** Columns whose value may be written as a number. */
const NUMERIC = new Set<Column>(['Creation_Time', 'Arrival_Time', 'x', 'y', 'z']);

/** A row object read, not yet judged. */
export interface JsonRow {
  readonly fields: Partial<Record<Column, string | Unusable>>;
  /** Well-formed JSON, but no row all the same: a key twice, bytes that are not UTF-8. */
  readonly fault: string | null;
  readonly end: number;
}

/** Reads the object at `start` by the letter of RFC 8259: what {@link JsonRows} does with any row out of the ordinary. */
export function readJsonRow(
  bytes: Uint8Array,
  start: number,
  limit: number,
): JsonRow | { readonly syntax: string } | 'incomplete' {
  const cursor = new JsonCursor(bytes, start, limit);
  const fields: Partial<Record<Column, string | Unusable>> = {};
  const seen = new Set<Column>();
  let fault: string | null = null;
  if (!cursor.take(OPEN_BRACE, 'an object')) return broken(cursor);
  for (let first = true; ; first = false) {
    const key = cursor.member(first);
    if (key === null) {
      if (!cursor.closed) return broken(cursor);
      const end = cursor.position;
      return { fields, fault: fault ?? faultOfText(bytes, start, end), end };
    }
    const name = cursor.string(key.start, key.end);
    const valueStart = cursor.position;
    const kind = cursor.skip();
    if (kind === null) return broken(cursor);
    if (name === '__proto__') fault ??= 'the key "__proto__" is not allowed';
    if (name === null || !isColumn(name)) continue;
    if (seen.has(name)) fault ??= `${name} is there twice`;
    seen.add(name);
    if (kind === 'null') continue;
    const value = readValue(cursor, name, kind, valueStart);
    if (value !== undefined) fields[name] = value;
  }
}

/** Takes or rejects a row that has been read. */
export function takeJsonRow(
  read: JsonRow,
  bytes: Uint8Array,
  start: number,
  row: number,
  sensor: Sensor | undefined,
  sink: RowSink,
): void {
  const text = rowText(bytes, start, read.end);
  if (read.fault !== null) sink.reject(row, 'malformed', read.fault, text, null);
  else takeRow(read.fields, row, text, sensor, sink);
}

/** The start of a row as text. */
export function rowText(bytes: Uint8Array, start: number, end: number): string {
  return LENIENT.decode(bytes.subarray(start, Math.min(end, start + MAX_REJECTED_TEXT)));
}

const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readValue(
  cursor: JsonCursor,
  column: Column,
  kind: 'string' | 'number' | 'other',
  start: number,
): string | Unusable | undefined {
  const end = cursor.position;
  if (kind === 'string' && TEXT.has(column)) return cursor.string(start, end) ?? undefined;
  const written = rowText(cursor.bytes, start, end);
  if (kind !== 'number' || !NUMERIC.has(column)) return new Unusable(written);
  // Cut digits would be another number: what is too long to show is too long to be a measurement.
  return end - start > MAX_REJECTED_TEXT ? new Unusable(written) : written;
}

function faultOfText(bytes: Uint8Array, start: number, end: number): string | null {
  try {
    STRICT.decode(bytes.subarray(start, end));
    return null;
  } catch {
    return 'the row is not UTF-8';
  }
}

function broken(cursor: JsonCursor): { readonly syntax: string } | 'incomplete' {
  return cursor.error === null ? 'incomplete' : { syntax: cursor.error };
}
