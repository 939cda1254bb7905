import type { AggregationStep } from '../plan/query-plan.js';
import { truthOf } from '../expressions/conditions.js';
import { compareValues } from '../rows/compare-values.js';
import { batchOf } from '../rows/row-batch-builder.js';
import type { ColumnSchema, Row } from '../rows/value.js';

/** `having`, `orderBy` and `limit` on the results of an aggregation. Sorting keeps the order of equals. */
export function finalRows(
  rows: readonly Row[],
  schema: readonly ColumnSchema[],
  { having, order, limit }: Pick<AggregationStep, 'having' | 'order' | 'limit'>,
): readonly Row[] {
  let result = rows;
  if (having !== null) {
    const truth = truthOf(having, batchOf(schema, rows));
    result = rows.filter((_, i) => truth[i] === 1);
  }
  if (order.length > 0) {
    result = [...result].sort((a, b) => {
      for (const { column, descending } of order) {
        const sign = compareValues(a[column], b[column]);
        if (sign !== 0) return descending ? -sign : sign;
      }
      return 0;
    });
  }
  return result.length > limit ? result.slice(0, limit) : result;
}
