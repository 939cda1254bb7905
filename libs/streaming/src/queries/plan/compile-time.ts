import type { WatermarkSpec } from '@hark/contracts';
import { columnIndex } from '../expressions/bind.js';
import { QuerySpecError } from '../query-spec-error.js';
import type { ColumnSchema } from '../rows/value.js';
import { durationMs } from './duration.js';
import type { WatermarkStep } from './query-plan.js';

export function compileWatermark(
  spec: WatermarkSpec | undefined,
  schema: readonly ColumnSchema[],
  field: string,
): WatermarkStep | null {
  if (spec === undefined) return null;
  const column = columnIndex(spec.column, schema, `${field}.column`);
  if (schema[column].type !== 'timestamp') {
    throw new QuerySpecError(
      `${field}.column`,
      'watermark_needs_timestamp',
      `${spec.column} is a ${schema[column].type}; a watermark runs on a timestamp`,
    );
  }
  return { column, delayMs: durationMs(spec.delay, `${field}.delay`) };
}

/** The column that windows are cut on: the watermark's, else `event_time`, else the only timestamp there is. */
export function timeColumn(watermark: WatermarkStep | null, schema: readonly ColumnSchema[]): number {
  if (watermark !== null) return watermark.column;
  const timestamps = schema.flatMap(({ type }, index) => (type === 'timestamp' ? [index] : []));
  const named = timestamps.find((index) => schema[index].name === 'event_time');
  const column = named ?? (timestamps.length === 1 ? timestamps[0] : undefined);
  if (column === undefined) {
    throw new QuerySpecError(
      'groupBy.window',
      'window_needs_time',
      'it is not clear which timestamp the window is on: name it in withWatermark',
    );
  }
  return column;
}
