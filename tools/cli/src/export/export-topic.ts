import { TOPICS } from '@hark/contracts';
import { LmdbLog, requireKnownFormats } from '@hark/streaming/adapters';
import { reportColumns, reportRows } from '@hark/streaming/files';
import { predictionsRows, rowsOf, windowsRows, type Row, type SourceRows } from '@hark/streaming/queries';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InterruptedError, UsageError } from '../terminal/failures.js';
import type { ExportFolder } from './export-folder.js';

export const EXPORTED_TOPICS = ['predictions', 'windows'] as const;
export type ExportedTopic = (typeof EXPORTED_TOPICS)[number];

const SOURCES: Readonly<Record<ExportedTopic, SourceRows>> = {
  predictions: predictionsRows,
  windows: windowsRows,
};

const READ_BYTES = 1 << 22;
/** Rows of a piece, about. */
const PIECE_ROWS = 50_000;

/**
 * Adds the final rows of a topic that the folder has not got yet. The log may be written to meanwhile.
 *
 * @returns rows added.
 * @throws UsageError, InterruptedError; what was added stands.
 */
export async function exportTopic(
  name: ExportedTopic,
  dataFolder: string,
  folder: ExportFolder,
  signal: AbortSignal,
  onProgress: (share: number, rows: number) => void,
): Promise<number> {
  const dir = join(dataFolder, 'log');
  if (!existsSync(dir)) throw new UsageError(`${dataFolder} is no data folder of Hark; give one by --data`);
  const log = new LmdbLog({ dir });
  const source = SOURCES[name];
  const schema = reportColumns({ schema: source.columns, keyColumns: [] });
  const isFinal = source.columns.findIndex((column) => column.name === 'final');
  try {
    requireKnownFormats(log);
    folder.requireEpoch(log.epoch);
    // What went before it was exported is not in the folder.
    const from = Math.max(folder.position, await log.earliest(TOPICS[name], 0));
    const end = await log.end(TOPICS[name], 0);
    let rows: Row[] = [];
    let added = 0;
    for (let next = from; next < end;) {
      if (signal.aborted) throw new InterruptedError('run it again to go on');
      const records = (await log.read(TOPICS[name], 0, next, READ_BYTES)).slice(0, end - next);
      for (const record of records) {
        const batch = source.rows(record);
        if (batch === null) continue;
        for (const row of rowsOf(batch)) if (isFinal < 0 || row[isFinal] === true) rows.push(row);
      }
      next += records.length;
      if (rows.length >= PIECE_ROWS || next === end) {
        await folder.add(next, schema, reportRows(schema, rows));
        added += rows.length;
        rows = [];
      }
      onProgress((next - from) / (end - from), added);
    }
    return added;
  } finally {
    await log.close();
  }
}
