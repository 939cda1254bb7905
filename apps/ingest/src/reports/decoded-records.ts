import type { LogRecord } from '@hark/streaming';
import type { RowBatch, SourceRows } from '@hark/streaming/queries';

/** Decodes each record once, however many reports take it, for as long as somebody holds it. */
export class DecodedRecords {
  private readonly batches = new WeakMap<LogRecord, RowBatch | null>();

  rows(source: SourceRows, record: LogRecord): RowBatch | null {
    let batch = this.batches.get(record);
    if (batch === undefined) this.batches.set(record, (batch = source.rows(record)));
    return batch;
  }
}
