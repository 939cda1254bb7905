import type { ReportProgress } from './report-progress.js';
import type { ColumnType, OutputMode, ReportSpec } from './report-spec.js';

/** Why a report has stopped: somebody asked, the setting `HARK_REPORTS`, or its trigger had done its work. */
export type ReportStop = 'asked' | 'setting' | 'finished';

/** Why a report has failed. */
export interface ReportError {
  readonly code: string;
  readonly message: string;
}

/** A report begins, anew or with the state of the one that it replaces. */
export interface ReportCreated {
  readonly kind: 'created' | 'replaced';
  readonly report: string;
  /** The same as long as the report exists. */
  readonly id: string;
  /** Under which name its state stands in the log; a new one with each logic. */
  readonly runner: string;
  readonly spec: ReportSpec;
  /** The static tables that it is joined with: SHA-256 of each, by name; null = it was not there. */
  readonly statics: Readonly<Record<string, string | null>>;
  readonly builtIn: boolean;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** Offset of the command that asked for it; null where a setting did. */
  readonly command: number | null;
}

/** What becomes of a report. */
export type ReportEvent =
  | ReportCreated
  | {
      readonly kind: 'started';
      readonly report: string;
      readonly at: string;
      readonly command: number | null;
    }
  | {
      readonly kind: 'stopped';
      readonly report: string;
      readonly at: string;
      readonly reason: ReportStop;
      readonly command: number | null;
    }
  | { readonly kind: 'failed'; readonly report: string; readonly at: string; readonly error: ReportError }
  /** What an operator should know of a report that runs; null = nothing any more. */
  | { readonly kind: 'notice'; readonly report: string; readonly at: string; readonly message: string | null }
  | { readonly kind: 'dropped'; readonly report: string; readonly at: string; readonly command: number }
  /** A command was refused; nothing has changed. */
  | {
      readonly kind: 'refused';
      readonly report: string;
      readonly at: string;
      readonly command: number;
      readonly error: ReportRefusal;
    };

/** Why a command was refused, and with which status of HTTP it is answered. */
export interface ReportRefusal extends ReportError {
  readonly status: 400 | 404 | 409;
  /** The field of the spec, and the rule that it breaks. */
  readonly field?: string;
  readonly rule?: string;
}

/**
 * A column of the rows of a report. In JSON a `timestamp` is ISO 8601 to the nanosecond, and a `long` beyond ±2^53 a
 * string of digits, so that both are exact; of a `double`, NaN and the infinities are null.
 */
export interface ReportColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether it is one of those by which rows are grouped. */
  readonly key: boolean;
}

export type ReportValue = string | number | boolean | null;

/** What a micro-batch adds to the result (append), what it changes (update), or the whole result (complete). */
export interface ReportBatch {
  readonly kind: 'batch';
  readonly report: string;
  readonly runId: string;
  readonly batchId: number;
  readonly mode: OutputMode;
  readonly schema: readonly ReportColumn[];
  /** Each as long as the schema. */
  readonly rows: readonly (readonly ReportValue[])[];
  /** Rows that were left out before these, as the sink keeps no more. */
  readonly omitted?: number;
}

/** A record of the topic `reports`; its key is the name of the report. Also a message of the channel `report:<name>`. */
export type ReportRecord =
  | ReportEvent
  | ReportBatch
  | { readonly kind: 'progress'; readonly report: string; readonly progress: ReportProgress };
