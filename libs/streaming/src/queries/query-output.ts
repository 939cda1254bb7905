import type { OutputMode } from '@hark/contracts';
import type { CollectedRows } from './operators/collected-rows.js';
import type { ColumnSchema, Row } from './rows/value.js';

/** Event times of a micro-batch's rows and the watermark after it. Nanoseconds; null where there is none. */
export interface EventTimeProgress {
  readonly min: bigint | null;
  readonly max: bigint | null;
  /** Of whole milliseconds. */
  readonly avg: bigint | null;
  readonly watermark: bigint | null;
}

/** What a micro-batch gives to the sink: new rows, changed results or the whole result, as the output mode says. */
export interface QueryOutput {
  readonly mode: OutputMode;
  readonly schema: readonly ColumnSchema[];
  /** See `QueryPlan`. */
  readonly keyColumns: readonly number[];
  readonly rowCount: number;
  /** Made when first asked for. */
  readonly rows: readonly Row[];
  /** The last `n` rows; the others are not made. */
  tail(n: number): readonly Row[];
  /** Rows that were taken. */
  readonly inputRows: number;
  /** Null in a query without a watermark. */
  readonly eventTime: EventTimeProgress | null;
}

/** Results of an aggregation. */
export function rowsReady(rows: readonly Row[]): Pick<QueryOutput, 'rowCount' | 'rows' | 'tail'> {
  return { rowCount: rows.length, rows, tail: (n) => rows.slice(Math.max(0, rows.length - n)) };
}

/** Rows that are still columns. */
export function rowsToMake(collected: CollectedRows): Pick<QueryOutput, 'rowCount' | 'rows' | 'tail'> {
  let made: Row[] | null = null;
  return {
    rowCount: collected.count,
    get rows() {
      return (made ??= collected.tail(collected.count));
    },
    tail: (n) => collected.tail(n),
  };
}
