/**
 * What became of one micro-batch of a report, with the field names of Structured Streaming's StreamingQueryProgress.
 * Durations are milliseconds of wall clock, times ISO 8601.
 */
export interface ReportProgress {
  /** The same as long as the report exists. */
  readonly id: string;
  /** New with every start. */
  readonly runId: string;
  readonly name: string;
  /** When the micro-batch began. */
  readonly timestamp: string;
  /** 0, 1, 2 … over the whole life of the report. */
  readonly batchId: number;
  readonly batchDuration: number;
  readonly numInputRows: number;
  /** Rows by the time since the micro-batch before began; 0 for the first of a run. */
  readonly inputRowsPerSecond: number;
  /** Rows by the time that the micro-batch took. */
  readonly processedRowsPerSecond: number;
  readonly durationMs: {
    /** Reading, processing and committing. */
    readonly triggerExecution: number;
    /** Reading from the log. */
    readonly getBatch: number;
    /** What the query did with the rows. */
    readonly addBatch: number;
    /** Making the step stand. */
    readonly commitOffsets: number;
  };
  /** Of the rows of this micro-batch; the watermark after it. Empty where there is no watermark. */
  readonly eventTime: {
    readonly min?: string;
    readonly max?: string;
    readonly avg?: string;
    readonly watermark?: string;
  };
  readonly stateOperators: readonly ReportStateOperator[];
  readonly sources: readonly ReportSourceProgress[];
  readonly sink: { readonly description: string; readonly numOutputRows: number };
}

export interface ReportStateOperator {
  readonly operatorName: string;
  /** Keys held. */
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly memoryUsedBytes: number;
  /** Late rows that were left out. */
  readonly numRowsDroppedByWatermark: number;
}

/** Offsets by topic and partition: `{"samples":{"0":42}}`. */
export type ReportOffsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface ReportSourceProgress {
  readonly description: string;
  /** Next record before the micro-batch and after it, and next record that will come. */
  readonly startOffset: ReportOffsets;
  readonly endOffset: ReportOffsets;
  readonly latestOffset: ReportOffsets;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
}
