import type { ReportColumn, ReportProgress, ReportValue, ReportView } from '@hark/contracts';
import { grouped, renderTable, type Cell } from '../terminal/table.js';

/** All reports, one a line. */
export function reportsTable(reports: readonly ReportView[]): string {
  return renderTable(
    ['report', 'state', 'since', 'batches', 'rows in', 'rows', 'sink', ''],
    reports.map(({ name, state, since, batches, inputRows, rows, spec, builtIn, error }) => [
      name,
      state,
      since,
      batches,
      inputRows,
      rows,
      spec.sink?.type ?? 'memory',
      error?.message ?? (builtIn ? 'built in' : ''),
    ]),
  );
}

/** Rows of a report, times without the digits that are all zeros. */
export function rowsTable(schema: readonly ReportColumn[], rows: Iterable<readonly ReportValue[]>): string {
  return renderTable(
    schema.map(({ name }) => name),
    [...rows].map((row) => row.map((value, i) => cell(value, schema[i].type))),
  );
}

function cell(value: ReportValue, type: ReportColumn['type']): Cell {
  if (type === 'timestamp' && typeof value === 'string') return value.replace(/\.?0*Z$/, 'Z');
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;
}

/** Micro-batches, one a line, the newest last. */
export function progressTable(progress: readonly ReportProgress[]): string {
  return renderTable(
    [
      'batch',
      'time',
      'rows in',
      'in/s',
      'processed/s',
      'ms',
      'rows out',
      'late',
      'state rows',
      'state bytes',
    ],
    progress.map((each) => {
      const sum = (of: 'numRowsTotal' | 'memoryUsedBytes' | 'numRowsDroppedByWatermark'): number =>
        each.stateOperators.reduce((total, operator) => total + operator[of], 0);
      return [
        each.batchId,
        each.timestamp,
        each.numInputRows,
        Math.round(each.inputRowsPerSecond),
        Math.round(each.processedRowsPerSecond),
        each.batchDuration,
        each.sink.numOutputRows,
        sum('numRowsDroppedByWatermark'),
        sum('numRowsTotal'),
        sum('memoryUsedBytes'),
      ];
    }),
  );
}

/** One line about the last micro-batch. */
export function progressLine(progress: ReportProgress | null): string {
  if (progress === null) return 'nothing has been read yet';
  const { batchId, numInputRows, processedRowsPerSecond, eventTime, timestamp } = progress;
  const watermark = eventTime.watermark === undefined ? '' : `, watermark ${eventTime.watermark}`;
  return `batch ${batchId} at ${timestamp}: ${grouped(numInputRows)} rows in, ${grouped(processedRowsPerSecond)} rows/s${watermark}`;
}
