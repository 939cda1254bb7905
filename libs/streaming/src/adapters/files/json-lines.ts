import type { ReportColumn, ReportValue } from '@hark/contracts';

/** Rows of a report as JSON lines, an object each. */
export function jsonLines(
  schema: readonly ReportColumn[],
  rows: readonly (readonly ReportValue[])[],
): Uint8Array {
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(schema.map(({ name }, i) => [name, row[i]]))),
  );
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}
