/** State of one operator as StreamingQueryProgress shows it; counts are of the last micro-batch, totals of now. */
export interface StateOperatorProgress {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  /** An estimate. */
  readonly memoryUsedBytes: number;
  readonly numRowsDroppedByWatermark: number;
  /** Of `dropDuplicates` alone. */
  readonly numDroppedDuplicateRows?: number;
}
