import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Sensor } from '@hark/contracts';
import { openBytes } from './byte-source.js';

/** A file with rows of sensor data. */
export interface RecordingFile {
  readonly path: string;
  /** Last part of the path; what messages say. */
  readonly name: string;
  readonly bytes: number;
  readonly compressed: boolean;
  readonly format: 'csv' | 'json-lines' | 'json-array';
  /** Of a CSV file. */
  readonly delimiter: ',' | '\t';
  /** Of rows that do not say it themselves; undefined when neither the caller nor the name tells. */
  readonly sensor: Sensor | undefined;
  /** Names of a CSV file's columns: of its header line, or as given by the caller. */
  readonly columns: readonly string[] | undefined;
  /** Where the rows of a CSV file begin, behind a byte order mark and the header line. */
  readonly bodyStart: number;
  /** Hash of the size and of the first and last 64 kB. */
  readonly identity: string;
}

export interface RecordingOptions {
  /** Of every row that does not say its own. */
  readonly sensor?: Sensor | undefined;
  /** Names of the columns of CSV files without a header line. */
  readonly columns?: readonly string[] | undefined;
}

/** A file that can't be read as a recording, or a path that leads to none. */
export class RecordingFileError extends Error {
  readonly code = 'recording_file';
}

const SUFFIX = /\.(csv|tsv|txt|json|jsonl|ndjson)(\.gz)?$/i;
const EDGE = 64 * 1024;
const HEADER_NAMES = ['Creation_Time', 'User', 'Device'];

/**
 * The files meant by paths on a command line: files themselves, and for a folder the recordings directly in it.
 * Sorted by name (numbers by value), then by content: the order of the paths does not matter.
 *
 * @throws RecordingFileError
 */
export async function findRecordings(
  paths: readonly string[],
  options: RecordingOptions = {},
): Promise<RecordingFile[]> {
  const found = (await Promise.all(paths.map((path) => filesAt(path, options)))).flat();
  const files = found.filter((file, i) => found.findIndex(({ path }) => path === file.path) === i);
  const order = new Intl.Collator('en', { numeric: true });
  return files.sort(
    (a, b) => order.compare(a.name, b.name) || compare(a.identity, b.identity) || compare(a.path, b.path),
  );
}

/** Reads what a file's name and first lines say of it, and whether they look like rows at all. */
async function openRecording(
  path: string,
  options: RecordingOptions,
): Promise<{ file: RecordingFile; hasRows: boolean }> {
  const name = basename(path);
  const { size } = await stat(path);
  if (size === 0) throw new RecordingFileError(`${path} is empty`);
  const compressed = await isGzip(path);
  const head = await readHead(path, compressed);
  const start = head.startsWith('\uFEFF') ? 1 : 0;
  const bracket = /^[\s\uFEFF]*([[{])/.exec(head)?.[1];
  const format = bracket === undefined ? 'csv' : bracket === '[' ? 'json-array' : 'json-lines';
  const sensor = options.sensor ?? sensorOfName(name);
  const identity = await identityOf(path, size);
  const base = { path, name, bytes: size, compressed, format, sensor, identity } as const;
  if (format !== 'csv') {
    const file = { ...base, delimiter: ',', columns: undefined, bodyStart: 0 } as const;
    return { file, hasRows: head.includes('"Creation_Time"') };
  }

  const end = head.indexOf('\n');
  const line = head.slice(start, end < 0 ? undefined : end).trimEnd();
  const delimiter = line.includes('\t') ? '\t' : ',';
  const fields = line.split(delimiter).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  const hasHeader = HEADER_NAMES.some((column) => fields.includes(column));
  const columns = hasHeader ? fields : options.columns;
  if (columns === undefined) {
    throw new RecordingFileError(
      `${path} has no header line, its first is ${JSON.stringify(line.slice(0, 64))}: name the columns with ` +
        '--columns Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt',
    );
  }
  if (sensor === undefined && !columns.includes('Sensor')) {
    throw new RecordingFileError(
      `${path}: which sensor is it? Neither its name nor a Sensor column says so: give --sensor accelerometer ` +
        'or --sensor gyroscope',
    );
  }
  const bodyStart = hasHeader ? Buffer.byteLength(end < 0 ? head : head.slice(0, end + 1)) : start * 3;
  return { file: { ...base, delimiter, columns, bodyStart }, hasRows: true };
}

/** HHAR's file names tell the sensor: Phones_accelerometer.csv, Watch_gyroscope.csv. */
function sensorOfName(name: string): Sensor | undefined {
  if (/gyr/i.test(name)) return 'gyroscope';
  return /acc/i.test(name) ? 'accelerometer' : undefined;
}

async function filesAt(path: string, options: RecordingOptions): Promise<RecordingFile[]> {
  const info = await stat(path).catch(() => null);
  if (info === null) throw new RecordingFileError(`${path}: there is no such file or folder`);
  if (!info.isDirectory()) return [(await openRecording(path, options)).file];
  const names = (await readdir(path)).filter((name) => SUFFIX.test(name) && !/^[._]/.test(name));
  const opened = await Promise.all(names.map((name) => openRecording(join(path, name), options)));
  // A manifest or a list of settings beside the recordings is not meant.
  const files = opened.filter(({ hasRows }) => hasRows).map(({ file }) => file);
  if (files.length === 0) {
    throw new RecordingFileError(
      `${path}: no .csv, .tsv, .json, .jsonl or .ndjson file in it, with or without .gz`,
    );
  }
  return files;
}

async function isGzip(path: string): Promise<boolean> {
  const [magic] = await edges(path, 2, 0);
  return magic.length === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}

async function readHead(path: string, compressed: boolean): Promise<string> {
  const source = await openBytes(path, compressed);
  try {
    const buffer = new Uint8Array(EDGE);
    let length = 0;
    while (length < buffer.length) {
      const read = await source.read(buffer, length);
      if (read === 0) break;
      length += read;
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(buffer.subarray(0, length));
  } catch (error) {
    throw new RecordingFileError(`${path}: ${(error as Error).message}`);
  } finally {
    await source.close();
  }
}

async function identityOf(path: string, size: number): Promise<string> {
  const hash = createHash('sha256').update(`${size}\n`);
  for (const edge of await edges(path, EDGE, Math.max(EDGE, size - EDGE))) hash.update(edge);
  return hash.digest('hex');
}

/** The first `length` bytes, and those from `tail` on. */
async function edges(path: string, length: number, tail: number): Promise<[Uint8Array, Uint8Array]> {
  const file = await open(path);
  try {
    const read = async (position: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    return [await read(0), await read(tail)];
  } finally {
    await file.close();
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
