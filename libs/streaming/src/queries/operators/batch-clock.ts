/**
 * The watermark as the rows of one batch saw it: of row `i`, after row `i` itself has been taken into account. Valid
 * until the next batch.
 */
export interface BatchClock {
  /** The least event time of the batch, milliseconds rounded down; Infinity where there is none. */
  readonly leastMs: number;
  /** The watermark after the last row; −Infinity where there is none yet. */
  readonly endMs: number;
  readonly endSubNs: number;
  /** The watermark at each row. */
  readonly ms: Float64Array;
  readonly subNs: Int32Array;
}
