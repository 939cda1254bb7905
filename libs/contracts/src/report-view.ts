import type { ReportProgress } from './report-progress.js';
import type { ReportColumn, ReportError, ReportValue } from './report-record.js';
import type { OutputMode, ReportSpec } from './report-spec.js';

/** `finished`: the trigger `once` or `availableNow` has done its work. */
export type ReportState = 'running' | 'stopped' | 'finished' | 'failed';

/** A report as `GET /v1/reports` lists it. Times are wall clock, ISO 8601. */
export interface ReportView {
  readonly name: string;
  /** The same as long as the report exists. */
  readonly id: string;
  readonly spec: ReportSpec;
  /** Whether it came with the service. */
  readonly builtIn: boolean;
  readonly state: ReportState;
  /** Why it has failed. */
  readonly error: ReportError | null;
  readonly createdAt: string;
  /** Since when it is in this state. */
  readonly since: string;
  /** Micro-batches and rows that went in; of a report replaced, from its first logic on. */
  readonly batches: number;
  readonly inputRows: number;
  /** Rows in its table. */
  readonly rows: number;
}

/** `GET /v1/reports/:name`: the table of a report, as far as the gateway keeps it. */
export interface ReportRows {
  readonly name: string;
  readonly state: ReportState;
  /** The micro-batch after which the table looked so; -1 before the first. */
  readonly batchId: number;
  readonly schema: readonly ReportColumn[];
  readonly rows: readonly Readonly<Record<string, ReportValue>>[];
  /** Rows that are in the result and kept no longer: only the newest are. */
  readonly omitted: number;
  /** Where the channel `report:<name>` stands: subscribe from here for what comes after this table. */
  readonly epoch: string;
  readonly offset: number;
  /** The cursor of the next page; absent at the end. */
  readonly next?: string;
}

/** The message of the channel `report:<name>` with which a subscription with `snapshot` begins: the table as it is. */
export interface ReportTableMessage {
  readonly kind: 'table';
  readonly report: string;
  readonly state: ReportState;
  readonly batchId: number;
  readonly mode: OutputMode;
  readonly schema: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportValue[])[];
  readonly omitted: number;
  /** Of the last micro-batch; null before the first. */
  readonly progress: ReportProgress | null;
}

/** `GET /v1/reports/:name/status`, with the field names of Structured Streaming's StreamingQueryStatus. */
export interface ReportStatus {
  readonly message: string;
  /** Whether records wait for it. */
  readonly isDataAvailable: boolean;
  /** Whether it is taking them now, rather than waiting for its next trigger. */
  readonly isTriggerActive: boolean;
  readonly state: ReportState;
  readonly error: ReportError | null;
}
