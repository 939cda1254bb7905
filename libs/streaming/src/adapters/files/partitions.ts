import type { ReportColumn, ReportValue } from '@hark/contracts';

type Row = readonly ReportValue[];

/** Rows of one folder `day=2015-02-23/User=a`, without the columns that the folder says. */
export interface Partition {
  /** Empty where there are no partitions. */
  readonly path: string;
  readonly schema: readonly ReportColumn[];
  readonly rows: readonly Row[];
}

/** Name of the partition that is a UTC day: of the first timestamp of a row that has no column of this name. */
const DAY = 'day';

/** What the rows are to be partitioned by is not among their columns. */
export class PartitionColumnError extends Error {
  readonly code = 'partition_column';
  constructor(readonly column: string) {
    super(`the rows have no column ${column} to be partitioned by`);
  }
}

/**
 * Rows by partition, as Hive lays them out; within a partition in their order.
 * @throws PartitionColumnError
 */
export function partitioned(
  schema: readonly ReportColumn[],
  rows: readonly Row[],
  by: readonly string[],
): Partition[] {
  if (by.length === 0) return [{ path: '', schema, rows }];
  const values = by.map((name) => partitionValue(schema, name));
  const kept = schema.flatMap(({ name }, i) => (by.includes(name) ? [] : [i]));
  const partitions = new Map<string, Row[]>();
  for (const row of rows) {
    const path = by.map((name, i) => `${escaped(name)}=${escaped(values[i](row))}`).join('/');
    const held = partitions.get(path);
    const part = kept.map((i) => row[i]);
    if (held === undefined) partitions.set(path, [part]);
    else held.push(part);
  }
  const rest = kept.map((i) => schema[i]);
  return [...partitions].map(([path, held]) => ({ path, schema: rest, rows: held }));
}

function partitionValue(schema: readonly ReportColumn[], name: string): (row: Row) => string {
  const column = schema.findIndex((each) => each.name === name);
  if (column >= 0) return (row) => textOf(row[column]);
  const time = name === DAY ? schema.findIndex(({ type }) => type === 'timestamp') : -1;
  if (time < 0) throw new PartitionColumnError(name);
  return (row) => textOf(row[time] === null ? null : String(row[time]).slice(0, 10));
}

/** As Hive and Spark name the partition of rows that have no value. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

function textOf(value: ReportValue): string {
  return value === null || value === '' ? NO_VALUE : String(value);
}

/** Nothing that a file system or a reader of `name=value` reads otherwise; percent-encoded as Hive does. */
function escaped(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9 _.~@+,()-]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
  return /^\.+$/.test(plain) ? plain.replaceAll('.', '%2E') : plain;
}
