import { timeOf, readingName, type PhoneReading } from './phone-reading.js';
import type { PhoneFrame } from './total-acceleration.js';

/** A recording as Sensor Logger exports it. */
export interface SensorLoggerExport {
  readonly readings: readonly PhoneReading[];
  /** Rows without a sensor or a time. */
  readonly unreadable: number;
  /** How its signs are, where the export says so. */
  readonly frame: PhoneFrame | undefined;
  readonly device: string | null;
  readonly model: string | null;
}

type Row = Readonly<Record<string, unknown>>;

/** Keys of an exported row that are no values of the sensor. */
const NOT_VALUES = new Set(['sensor', 'time', 'seconds_elapsed', 'accuracy']);

/**
 * Reads the exported JSON: an array of flat rows with the key `sensor`, all of whose values are strings. Null when it
 * is something else.
 */
export function readSensorLoggerJson(text: string): SensorLoggerExport | null {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(rows) || !rows.some(isExportedRow)) return null;
  const metadata = rows.find((row) => isExportedRow(row) && readingName(row['sensor']) === 'metadata') as
    Row | undefined;
  const tables = rows
    .filter((row) => isExportedRow(row))
    .map((row) => [row['sensor'] as string, row] as const);
  return exportOf(tables, metadata, rows.length - tables.length);
}

/**
 * Reads the files of an exported zip: a CSV of each sensor with a header, and Metadata.csv. Null when none of them is
 * a sensor's.
 *
 * @param files text by file name.
 */
export function readSensorLoggerFiles(files: ReadonlyMap<string, string>): SensorLoggerExport | null {
  const tables: (readonly [string, Row])[] = [];
  let metadata: Row | undefined;
  for (const [path, text] of files) {
    const sensor = /([^/\\]+)\.csv$/i.exec(path)?.[1];
    if (sensor === undefined) continue;
    const rows = readCsv(text);
    if (readingName(sensor) === 'metadata') [metadata] = rows;
    else if (rows.some((row) => Object.hasOwn(row, 'time'))) {
      for (const row of rows) tables.push([sensor, row]);
    }
  }
  return tables.length === 0 ? null : exportOf(tables, metadata, 0);
}

function exportOf(
  tables: readonly (readonly [sensor: string, row: Row])[],
  metadata: Row | undefined,
  others: number,
): SensorLoggerExport {
  const readings: PhoneReading[] = [];
  let unreadable = others;
  for (const [sensor, row] of tables) {
    const name = readingName(sensor);
    if (name === 'metadata') continue;
    const time = timeOf(row['time']);
    if (time === null) {
      unreadable++;
      continue;
    }
    const values: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(row)) {
      if (!NOT_VALUES.has(key)) values[key] = name === 'annotation' ? value : numberOf(value);
    }
    readings.push({ ...time, name, values, hasAccuracy: false });
  }
  const { platform, standardisation } = metadata ?? {};
  return {
    readings,
    unreadable,
    frame: frameOf(platform, standardisation),
    device: textOf(metadata?.['device id']),
    model: textOf(metadata?.['device name']),
  };
}

function frameOf(platform: unknown, standardisation: unknown): PhoneFrame | undefined {
  if (typeof platform !== 'string') return undefined;
  return platform.toLowerCase() === 'ios' && String(standardisation).toLowerCase() !== 'true'
    ? 'ios'
    : 'android';
}

/** Rows by the names of the header; fields may be in quotes. */
function readCsv(text: string): Row[] {
  const [header, ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = fieldsOf(header ?? '');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const fields = fieldsOf(line);
      return Object.fromEntries(names.map((name, i) => [name, fields[i]]));
    });
}

function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

function numberOf(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

function isExportedRow(row: unknown): row is Row & { readonly sensor: string } {
  return typeof row === 'object' && row !== null && typeof (row as Row)['sensor'] === 'string';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
