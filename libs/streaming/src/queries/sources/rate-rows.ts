import { RecordFormatError } from '@hark/contracts';
import { INT64_BASE, hiOf, loOf } from '../rows/int64.js';
import { columnsBatch } from '../rows/row-batch-builder.js';
import type { SourceRows } from './source-rows.js';

/** A stretch of the rate source, as a record of `report-sources`: rows `from` (included) to `to` (excluded). */
export interface RateStretch {
  /** Of row 0; milliseconds since 1970. */
  readonly startMs: number;
  readonly rowsPerSecond: number;
  readonly from: number;
  readonly to: number;
}

/** Rows `value` = 0, 1, 2 …, evenly spaced from the source's start on: as the `rate` source of Structured Streaming. */
export const rateRows: SourceRows = {
  columns: [
    { name: 'timestamp', type: 'timestamp' },
    { name: 'value', type: 'long' },
  ],
  rows(record) {
    const { startMs, rowsPerSecond, from, to } = stretchOf(record.value);
    const rows = to - from;
    const timestamp = { hi: new Float64Array(rows), lo: new Int32Array(rows) };
    const value = { hi: new Float64Array(rows), lo: new Int32Array(rows) };
    for (let i = 0; i < rows; i++) {
      const sinceMs = ((from + i) * 1000) / rowsPerSecond;
      const wholeMs = Math.floor(sinceMs);
      timestamp.hi[i] = startMs + wholeMs;
      timestamp.lo[i] = Math.floor((sinceMs - wholeMs) * INT64_BASE);
      value.hi[i] = hiOf(from + i);
      value.lo[i] = loOf(from + i, value.hi[i]);
    }
    return columnsBatch(rateRows.columns, rows, [
      { type: 'timestamp', ...timestamp },
      { type: 'long', ...value },
    ]);
  },
};

function stretchOf(value: Uint8Array): RateStretch {
  try {
    return JSON.parse(new TextDecoder().decode(value)) as RateStretch;
  } catch (error) {
    throw new RecordFormatError(`no stretch of a rate: ${(error as Error).message}`);
  }
}
