import type { ReportBatch, ReportColumn, ReportValue } from './report-record.js';
import type { OutputMode } from './report-spec.js';

type Row = readonly ReportValue[];

/** A table as it is: what one goes on from. */
export interface StoredTable {
  readonly batchId: number;
  readonly mode: OutputMode;
  readonly schema: readonly ReportColumn[];
  readonly rows: readonly Row[];
  readonly omitted: number;
}

/**
 * The result of a report, as its micro-batches tell it: appended rows at the end, changed rows in the place of those
 * with the same keys, a complete result instead of the one before. The newest rows are kept.
 */
export class ReportTable {
  private batch = -1;
  private lastMode: OutputMode = 'append';
  private columns: readonly ReportColumn[] = [];
  /** By key in update mode, by number else; in the order in which they came first. */
  private held = new Map<string | number, Row>();
  private number = 0;
  private left = 0;

  constructor(private readonly maxRows: number) {}

  get batchId(): number {
    return this.batch;
  }

  get schema(): readonly ReportColumn[] {
    return this.columns;
  }

  get size(): number {
    return this.held.size;
  }

  /** Rows of the result that are not kept. */
  get omitted(): number {
    return this.left;
  }

  rows(): Iterable<Row> {
    return this.held.values();
  }

  take({ batchId, mode, schema, rows, omitted = 0 }: ReportBatch): void {
    this.batch = batchId;
    this.lastMode = mode;
    // A report whose logic was changed may have other columns: the rows so far are not of them.
    if (JSON.stringify(schema) !== JSON.stringify(this.columns)) this.clear();
    this.columns = schema;
    if (mode === 'complete') this.clear();
    this.left += omitted;
    const keys = mode === 'update' ? schema.flatMap(({ key }, i) => (key ? [i] : [])) : [];
    for (const row of rows) {
      const key = keys.length === 0 ? this.number++ : JSON.stringify(keys.map((i) => row[i]));
      this.held.set(key, row);
    }
    for (const key of this.held.keys()) {
      if (this.held.size <= this.maxRows) break;
      this.held.delete(key);
      this.left++;
    }
  }

  stored(): StoredTable {
    const { batch: batchId, lastMode: mode, columns: schema, left: omitted } = this;
    return { batchId, mode, schema, rows: [...this.held.values()], omitted };
  }

  static of(stored: StoredTable, maxRows: number): ReportTable {
    const table = new ReportTable(maxRows);
    table.take({ ...stored, kind: 'batch', report: '', runId: '' });
    return table;
  }

  private clear(): void {
    this.held.clear();
    this.left = 0;
  }
}
