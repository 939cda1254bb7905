import { parseEventTime, type ReportColumn, type ReportValue } from '@hark/contracts';
import { isoNanoseconds } from '@hark/streaming/files';
import type { ServiceClient } from '../service/service-client.js';
import { WorkFailedError } from '../terminal/failures.js';
import type { ExportFolder } from './export-folder.js';

/** Rows of a piece. */
const PIECE_ROWS = 100_000;

const COLUMNS: readonly (readonly [name: string, type: ReportColumn['type']])[] = [
  ['event_time', 'timestamp'],
  ['Arrival_Time', 'long'],
  ['Creation_Time', 'long'],
  ['x', 'double'],
  ['y', 'double'],
  ['z', 'double'],
  ['user', 'string'],
  ['Model', 'string'],
  ['Device', 'string'],
  ['gt', 'string'],
  ['Sensor', 'string'],
];
const SCHEMA: readonly ReportColumn[] = COLUMNS.map(([name, type]) => ({ name, type, key: false }));

/** Adds the samples of a session that the folder has not got yet. @returns rows added. */
export async function exportSession(
  id: string,
  client: ServiceClient,
  folder: ExportFolder,
  onProgress: (share: number, rows: number) => void,
): Promise<number> {
  const path = `/v1/sessions/${encodeURIComponent(id)}`;
  const { samples = 0 } = await client.json<{ samples?: number }>(path);
  const response = await client.request(`${path}/samples?format=ndjson`);
  if (response.body === null || !response.ok) throw new WorkFailedError(`${path}: ${response.status}`);
  const from = folder.position;
  let row = 0;
  let rows: ReportValue[][] = [];
  const store = async (): Promise<void> => {
    if (rows.length === 0) return;
    await folder.add(row, SCHEMA, rows);
    rows = [];
  };
  for await (const line of linesOf(response.body)) {
    if (row++ < from) continue;
    rows.push(valuesOf(line));
    if (rows.length === PIECE_ROWS) await store();
    onProgress(samples > 0 ? row / samples : 0, row - from);
  }
  await store();
  return Math.max(0, row - from);
}

/** `Creation_Time` and `Arrival_Time` stay the digits that they are. */
function valuesOf(line: string): ReportValue[] {
  const exact = line.replace(/"(Creation_Time|Arrival_Time)":\s*(\d+)/g, '"$1":"$2"');
  const row = JSON.parse(exact) as Record<string, ReportValue>;
  const time = parseEventTime(String(row['Creation_Time']));
  const at = time === null ? null : isoNanoseconds(BigInt(String(row['Creation_Time'])));
  return COLUMNS.map(([name]) =>
    name === 'event_time' ? at : name === 'user' ? (row['User'] ?? null) : (row[name] ?? null),
  );
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}
