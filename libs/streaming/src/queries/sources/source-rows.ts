import type { ByteArena } from '@hark/contracts';
import type { RowBatch } from '../rows/row-batch.js';
import type { SourceSchema } from '../rows/value.js';

/** A topic as a source: its columns, and how a record becomes rows. */
export interface SourceRows extends SourceSchema {
  /**
   * @param arena room for what is decoded, which is then valid until it is cleared.
   * @returns null when the record holds no rows.
   * @throws RecordFormatError when it is no record of the topic.
   */
  rows(record: { readonly value: Uint8Array }, arena?: ByteArena): RowBatch | null;
}
