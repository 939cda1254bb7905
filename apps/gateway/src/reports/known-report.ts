import {
  ReportTable,
  type ReportCreated,
  type ReportError,
  type ReportProgress,
  type ReportRecord,
  type ReportState,
  type ReportView,
  type StoredTable,
} from '@hark/contracts';

import type { ReportHealth } from '../alerts/observer.js';

/** Micro-batches of which the progress is kept. */
export const PROGRESS_KEPT = 100;
/** Rows that a table keeps, where its sink does not say how many. */
const ROWS_KEPT = 10_000;

/** What a snapshot of a report is made of. */
export interface StoredReport {
  readonly created: ReportCreated;
  readonly state: ReportState;
  readonly error: ReportError | null;
  readonly notice: string | null;
  readonly createdAt: string;
  readonly since: string;
  readonly batches: number;
  readonly inputRows: number;
  readonly progress: readonly ReportProgress[];
  readonly table: StoredTable;
}

/** A report as its records tell of it. */
export class KnownReport {
  state: ReportState = 'running';
  error: ReportError | null = null;
  /** What an operator should know. */
  notice: string | null = null;
  progress: ReportProgress[] = [];
  table: ReportTable;
  /** Since when rows come faster than it takes them, ms; null = they don't. */
  private slowSinceMs: number | null = null;
  private createdAt: string;
  private since: string;
  private batches = 0;
  private inputRows = 0;

  constructor(public created: ReportCreated) {
    this.table = new ReportTable(rowsKept(created));
    this.createdAt = this.since = created.at;
  }

  take(record: ReportRecord): void {
    switch (record.kind) {
      case 'replaced':
        this.created = record;
        this.table = ReportTable.of(this.table.stored(), rowsKept(record));
        return this.enter('running', record.at);
      case 'started':
        return this.enter('running', record.at);
      case 'stopped':
        return this.enter(record.reason === 'finished' ? 'finished' : 'stopped', record.at);
      case 'failed':
        return this.enter('failed', record.at, record.error);
      case 'notice':
        this.notice = record.message;
        return;
      case 'batch':
        return this.table.take(record);
      case 'progress':
        this.batches++;
        this.inputRows += record.progress.numInputRows;
        this.progress.push(record.progress);
        this.slowSinceMs = isSlow(record.progress)
          ? (this.slowSinceMs ?? Date.parse(record.progress.timestamp))
          : null;
        if (this.progress.length > PROGRESS_KEPT) this.progress.shift();
        return;
    }
  }

  health(): ReportHealth {
    const { state, error, slowSinceMs } = this;
    const last = this.progress.at(-1);
    const isSlowNow = state === 'running' && slowSinceMs !== null && last !== undefined;
    return {
      report: this.created.report,
      failed: state === 'failed' ? (error?.message ?? '') : null,
      slow: isSlowNow ? rates(last) : null,
      slowForMs: isSlowNow ? Date.parse(last.timestamp) - slowSinceMs : 0,
    };
  }

  view(): ReportView {
    const { created, state, error, createdAt, since, batches, inputRows } = this;
    const { report: name, id, spec, builtIn } = created;
    const rows = this.table.size;
    return { name, id, spec, builtIn, state, error, createdAt, since, batches, inputRows, rows };
  }

  stored(): StoredReport {
    const { created, state, error, notice, createdAt, since, batches, inputRows, progress } = this;
    const table = this.table.stored();
    return { created, state, error, notice, createdAt, since, batches, inputRows, progress, table };
  }

  static of(stored: StoredReport): KnownReport {
    const report = new KnownReport(stored.created);
    report.table = ReportTable.of(stored.table, rowsKept(stored.created));
    report.state = stored.state;
    report.error = stored.error;
    report.notice = stored.notice;
    report.createdAt = stored.createdAt;
    report.since = stored.since;
    report.batches = stored.batches;
    report.inputRows = stored.inputRows;
    report.progress = [...stored.progress];
    return report;
  }

  private enter(state: ReportState, at: string, error: ReportError | null = null): void {
    this.state = state;
    this.error = error;
    this.since = at;
  }
}

function isSlow({ inputRowsPerSecond, processedRowsPerSecond }: ReportProgress): boolean {
  return inputRowsPerSecond > processedRowsPerSecond;
}

function rates({ inputRowsPerSecond, processedRowsPerSecond }: ReportProgress): string {
  return `${Math.round(inputRowsPerSecond)} rows/s come, ${Math.round(processedRowsPerSecond)} rows/s are taken`;
}

function rowsKept({ spec }: ReportCreated): number {
  return (spec.sink?.type === 'memory' ? spec.sink.maxRows : undefined) ?? ROWS_KEPT;
}
