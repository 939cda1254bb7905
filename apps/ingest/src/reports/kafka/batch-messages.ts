import type { ReportBatch } from '@hark/contracts';
import type { DeliveredMessage } from '@hark/streaming/adapters';

/** The rows of a micro-batch, a message each: the row as a JSON object, its key the columns that rows are grouped by. */
export function batchMessages({ schema, rows }: Pick<ReportBatch, 'schema' | 'rows'>): DeliveredMessage[] {
  const all = schema.map((_, i) => i);
  const keys = all.filter((i) => schema[i].key);
  return rows.map((row) => {
    const json = (columns: readonly number[]): string =>
      JSON.stringify(Object.fromEntries(columns.map((i) => [schema[i].name, row[i]])));
    return { key: keys.length === 0 ? null : json(keys), value: json(all) };
  });
}
