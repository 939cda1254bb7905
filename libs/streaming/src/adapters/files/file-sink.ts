import { TOPICS, type ReportBatch, type ReportRecord, type ReportSpec } from '@hark/contracts';
import { StateReader, StateWriter, type LogRecord, type Outputs, type Processor } from '../../index.js';
import { jsonLines } from './json-lines.js';
import { packFolder, type PackedFile } from './packed-folder.js';
import { parquetBytes } from './parquet-bytes.js';
import { partitioned } from './partitions.js';

const FORMAT = 'hark.file-sink';
const FORMAT_VERSION = 1;

/** The sinks that are files. */
export type FileSinkSpec = Extract<ReportSpec['sink'], { type: 'file' | 'parquet' }>;

/** Rows as the files of one folder: one of each partition. The same files for the same rows. */
export function filesOf(batch: Pick<ReportBatch, 'schema' | 'rows'>, sink: FileSinkSpec): PackedFile[] {
  const file = sink.type === 'parquet' ? 'rows.parquet' : 'rows.jsonl';
  const bytesOf = sink.type === 'parquet' ? parquetBytes : jsonLines;
  return partitioned(batch.schema, batch.rows, sink.partitionBy ?? []).map(({ path, schema, rows }) => ({
    path: path === '' ? file : `${path}/${file}`,
    bytes: bytesOf(schema, rows),
  }));
}

/** Name of the folder of a batch: sorted by name they are in the order of the log. */
export function batchFolder(number: number): string {
  return `batch=${String(number).padStart(12, '0')}`;
}

/**
 * The file sinks of all reports: reads the topic `reports`, and puts each micro-batch into a folder of its own, named
 * for the record. The folder is an artifact of the step, so a runner makes each exactly once.
 */
export class FileSink implements Processor {
  private sinks = new Map<string, FileSinkSpec>();

  process(topic: string, _partition: number, record: LogRecord, outputs: Outputs): void {
    if (topic !== TOPICS.reports) return;
    const text = new TextDecoder().decode(record.value);
    // Most batches concern no file: they are not even parsed.
    if (text.startsWith('{"kind":"batch"')) {
      const sink = this.sinks.get(record.key);
      if (sink === undefined || outputs.suppressed) return;
      const batch = JSON.parse(text) as ReportBatch;
      if (batch.rows.length === 0) return;
      const files = filesOf(batch, sink);
      const path = sink.path ?? record.key;
      outputs.artifact(`${path}/${batchFolder(record.offset)}`, packFolder(files));
      return;
    }
    const said = jsonOf(text);
    if (said?.kind === 'created' || said?.kind === 'replaced') {
      const { sink } = said.spec;
      if (sink?.type === 'file' || sink?.type === 'parquet') this.sinks.set(said.report, sink);
      else this.sinks.delete(said.report);
    } else if (said?.kind === 'dropped') this.sinks.delete(said.report);
  }

  snapshot(): Uint8Array {
    return new StateWriter(FORMAT, FORMAT_VERSION).string(JSON.stringify([...this.sinks])).finish();
  }

  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    this.sinks = new Map(JSON.parse(state.string()) as [string, FileSinkSpec][]);
    state.finish();
  }
}

function jsonOf(text: string): ReportRecord | null {
  try {
    return JSON.parse(text) as ReportRecord;
  } catch {
    return null;
  }
}
