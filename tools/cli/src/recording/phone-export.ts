import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ActivityVocabulary, compareEventTime, formatNanoseconds } from '@hark/contracts';
import {
  activityAt,
  phoneSamples,
  readSensorLoggerFiles,
  readSensorLoggerJson,
  type SensorLoggerExport,
} from '@hark/streaming';
import { unzipSync } from 'fflate';
import { RecordingFileError } from './recording-file.js';

const EXPORT_NAME = /\.(zip|json)$/i;
const HEAD_BYTES = 4096;
/** Unpacked: some hours at 100 Hz. */
const MAX_BYTES = 1 << 30;
const HEADER = 'Creation_Time,Arrival_Time,User,Device,Model,Sensor,x,y,z,gt';

/**
 * The paths of a command line with recordings of Sensor Logger, its exported zip or JSON, replaced by the same samples
 * as HHAR's CSV, in a temporary folder that lasts as long as the process. The same export gives the same CSV, byte for
 * byte.
 *
 * User and device are the phone's id; an Apple Watch is the device `<id>:watch`. Annotations that name an activity of
 * HHAR are the label of the samples from their time on.
 *
 * @throws RecordingFileError when an export can't be read.
 */
export async function replaceExports(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) found.push(...(await replaced(path)));
  return found;
}

async function replaced(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => null);
  if (info === null) return [path];
  if (!info.isDirectory()) return [(await asCsv(path)) ?? path];
  const names = (await readdir(path)).sort();
  const exports: string[] = [];
  for (const name of names.filter((each) => EXPORT_NAME.test(each))) {
    const csv = await asCsv(join(path, name));
    if (csv !== null) exports.push(csv);
  }
  // The folder stays for what else is in it; of JSON it takes HHAR's rows alone.
  const isAll = exports.length > 0 && exports.length === names.length;
  return isAll ? exports : [path, ...exports];
}

/** Where the samples of an export stand as CSV; null when the file is something else. */
async function asCsv(path: string): Promise<string | null> {
  const head = await headOf(path);
  const isZip = head.startsWith('PK\u0003\u0004');
  const isJson = /^\s*\[/.test(head) && head.includes('"sensor"') && !head.includes('"Creation_Time"');
  if (!isZip && !isJson) return null;
  const recording = isZip ? await readZip(path) : readSensorLoggerJson(await readFile(path, 'utf8'));
  if (recording === null) {
    throw new RecordingFileError(`${path} is not an export of Sensor Logger: it has no sensor's rows`);
  }
  const name = basename(path).replace(EXPORT_NAME, '');
  const csv = csvOf(recording, name);
  if (csv === null) {
    throw new RecordingFileError(
      `${path} has no acceleration with gravity and no rotation: record Accelerometer, Gravity and Gyroscope`,
    );
  }
  const target = join(mkdtempSync(join(folder(), 'export-')), `${name}.csv`);
  await writeFile(target, csv);
  return target;
}

async function readZip(path: string): Promise<SensorLoggerExport | null> {
  let bytes = 0;
  const files = new Map<string, string>();
  try {
    const unzipped = unzipSync(await readFile(path), {
      filter: ({ name, originalSize }) => {
        if (!/\.csv$/i.test(name)) return false;
        bytes += originalSize;
        if (bytes > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes unpacked`);
        return true;
      },
    });
    const text = new TextDecoder();
    for (const [name, content] of Object.entries(unzipped)) files.set(name, text.decode(content));
  } catch (error) {
    throw new RecordingFileError(`${path} can't be unpacked: ${(error as Error).message}`);
  }
  return readSensorLoggerFiles(files);
}

function csvOf({ readings, frame, device, model }: SensorLoggerExport, name: string): string | null {
  const { phone, watch, annotations } = phoneSamples(readings, { frame });
  const id = field(device ?? name);
  const rows = [
    ...phone.map((sample) => ({ sample, ids: `${id},${id},${field(model ?? 'phone')}` })),
    ...watch.map((sample) => ({ sample, ids: `${id},${id}:watch,watch` })),
  ].sort((a, b) => compareEventTime(a.sample, b.sample));
  if (rows.length === 0) return null;
  const lines = rows.map(({ sample, ids }) => {
    const { ms, subNs, sensor, x, y, z } = sample;
    const gt = activityAt(annotations, sample, ActivityVocabulary.hhar) ?? '';
    return `${formatNanoseconds(ms, subNs)},${ms},${ids},${sensor},${x},${y},${z},${gt}`;
  });
  return `${HEADER}\n${lines.join('\n')}\n`;
}

/** A text as a field of a CSV, which has no quotes here. */
function field(text: string): string {
  return (
    text
      .replaceAll(/[\p{Cc},"]/gu, ' ')
      .trim()
      .slice(0, 100) || 'phone'
  );
}

let temporary: string | null = null;

/** One folder for all exports, removed when the process ends. */
function folder(): string {
  if (temporary !== null) return temporary;
  const made = mkdtempSync(join(tmpdir(), 'hark-exports-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return (temporary = made);
}

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
