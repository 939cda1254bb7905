import type {
  AggregateSpec,
  GroupBySpec,
  Literal,
  QuerySpec,
  StaticJoinSpec,
  StreamJoinSpec,
  Where,
} from '@hark/contracts';
import type { ColumnSchema, Row, StaticTable, Value } from '../rows/value.js';

/**
 * The SQL that asks a database, over all rows at once, what a query answers row by row. It is made from the spec alone
 * and shares nothing with the engine. Instants are BIGINT nanoseconds; `i` is the order of the rows, `wm` the
 * watermark at a row.
 */
export function batchSql(
  spec: QuerySpec,
  columns: readonly ColumnSchema[],
  rows: readonly Row[],
  statics: Readonly<Record<string, StaticTable>>,
): string {
  const delay = spec.withWatermark === undefined ? null : nanoseconds(spec.withWatermark.delay);
  const running = 'max(t) OVER (ORDER BY i ROWS UNBOUNDED PRECEDING)';
  const watermark = delay === null ? 'NULL::BIGINT' : `${running} - ${delay}`;
  const finalWatermark = delay === null ? 'NULL' : `(SELECT max(t) FROM rows) - ${delay}`;
  const { join } = spec;
  const parts = [
    `rows AS (${values(
      ['i', ...columns.map(({ name }) => name)],
      ['BIGINT', ...columns.map(sqlType)],
      rows.map((row, i) => [i, ...row]),
    )})`,
    `clocked AS (SELECT *, ${watermark} AS wm FROM rows)`,
    `kept AS (SELECT * FROM clocked WHERE ${condition(spec.where)})`,
    `deduped AS (${deduped(spec, delay !== null)})`,
  ];
  let from = 'deduped';
  let names = columns.map(({ name }) => name);
  let closing = finalWatermark;
  if (join !== undefined && 'static' in join) {
    parts.push(...staticParts(join, statics[join.static], names));
    from = 'joined';
    names = [
      ...names,
      ...statics[join.static].schema
        .filter(({ name }) => !join.on.includes(name))
        .map(({ name }) => (names.includes(name) ? `${join.static}.${name}` : name)),
    ];
  } else if (join !== undefined) {
    parts.push(...streamParts(join, names, finalWatermark));
    from = 'joined';
    names = [...names, ...names.map((name) => `${join.stream.as}.${name}`)];
    closing = `${finalWatermark} - ${nanoseconds(join.within.after)}`;
  }
  const select =
    spec.groupBy === undefined
      ? selection(spec, names, from)
      : 'session' in (spec.groupBy.window ?? {})
        ? sessions(spec, from, closing)
        : aggregation(spec, from, closing);
  return `WITH ${parts.join(',\n')}\n${select}`;
}

function deduped({ dropDuplicates }: QuerySpec, hasWatermark: boolean): string {
  if (dropDuplicates === undefined) return 'SELECT * FROM kept';
  const late = hasWatermark ? 'WHERE t >= wm' : '';
  const keys = dropDuplicates.map(quoted).join(', ');
  return `SELECT * FROM kept ${late} QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY i) = 1`;
}

function staticParts(join: StaticJoinSpec, table: StaticTable, names: readonly string[]): string[] {
  const added = table.schema
    .filter(({ name }) => !join.on.includes(name))
    .map(
      ({ name }) => `s.${quoted(name)} AS ${quoted(names.includes(name) ? `${table.name}.${name}` : name)}`,
    );
  const on = join.on.map((name) => `d.${quoted(name)} = s.${quoted(name)}`).join(' AND ');
  return [
    `static AS (${values(
      table.schema.map(({ name }) => name),
      table.schema.map(sqlType),
      table.rows,
    )})`,
    `joined AS (SELECT d.*, ${added.join(', ')} FROM deduped d ${join.type ?? 'inner'} JOIN static s ON ${on})`,
  ];
}

function streamParts(join: StreamJoinSpec, names: readonly string[], finalWatermark: string): string[] {
  const on = join.on.map((name) => `l.${quoted(name)} = r.${quoted(name)}`).join(' AND ');
  const before = nanoseconds(join.within.before);
  const after = nanoseconds(join.within.after);
  const right = names.map((name) => `r.${quoted(name)} AS ${quoted(`${join.stream.as}.${name}`)}`);
  const alone =
    join.type === 'left'
      ? `UNION ALL BY NAME SELECT l.* FROM lefts l WHERE l.t + ${after} < ${finalWatermark}
         AND NOT EXISTS (SELECT 1 FROM pairs p WHERE p.i = l.i)`
      : '';
  return [
    'lefts AS (SELECT * FROM deduped WHERE t >= wm)',
    `rights AS (SELECT * FROM clocked WHERE t >= wm AND ${condition(join.stream.where)})`,
    `pairs AS (SELECT l.*, ${right.join(', ')} FROM lefts l JOIN rights r ON ${on} AND r.t BETWEEN l.t - ${before} AND l.t + ${after})`,
    // A pair is never late for what follows.
    `joined AS (SELECT * REPLACE (NULL::BIGINT AS wm) FROM (SELECT * FROM pairs ${alone}))`,
  ];
}

function selection({ select }: QuerySpec, names: readonly string[], from: string): string {
  const columns =
    select?.map((each) =>
      typeof each === 'string' ? quoted(each) : `${finite(each.expr)} AS ${quoted(each.as)}`,
    ) ?? names.map(quoted);
  return `SELECT ${columns.join(', ')} FROM ${from} ORDER BY i`;
}

function aggregation(spec: QuerySpec, from: string, closing: string): string {
  const { groupBy = {}, outputMode = 'append' } = spec;
  const window = groupBy.window as { size: string; slide?: string; offset?: string } | undefined;
  const keys = keysOf(groupBy);
  const closes = window !== undefined && spec.withWatermark !== undefined && outputMode !== 'complete';
  if (window === undefined) {
    // SQL has a grand total of nothing; a stream has it from its first row on.
    return `SELECT ${[...keys.select, ...aggregatesOf(spec.aggregate)].join(', ')} FROM ${from} ${keys.groupBy([])}
      HAVING count(*) > 0`;
  }
  const size = nanoseconds(window.size);
  const slide = nanoseconds(window.slide ?? window.size);
  const offset = nanoseconds(window.offset ?? '0 ms');
  const base = `((t - ${offset}) // ${slide}) * ${slide} + ${offset}`;
  const assigned = `SELECT *, ${base} - j * ${slide} AS start FROM ${from}, range(${Math.ceil(Number(size) / Number(slide))}) w(j)
    WHERE t IS NOT NULL AND t < start + ${size} ${closes ? `AND (wm IS NULL OR start + ${size} > wm)` : ''}`;
  const closed = outputMode === 'append' ? `HAVING start + ${size} <= ${closing}` : '';
  return `SELECT start, start + ${size} AS "end", ${[...keys.select, ...aggregatesOf(spec.aggregate)].join(', ')}
    FROM (${assigned}) ${keys.groupBy(['start'])} ${closed}`;
}

/** For streams in which nothing is late. */
function sessions(spec: QuerySpec, from: string, closing: string): string {
  const { groupBy = {}, outputMode = 'append' } = spec;
  const gap = nanoseconds((groupBy.window as { session: string }).session);
  const keys = (groupBy.columns ?? []).map(quoted);
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')}`;
  const begun = `SELECT *, CASE WHEN t - lag(t) OVER (${partition} ORDER BY t, i) <= ${gap} THEN 0 ELSE 1 END AS begins
    FROM ${from} WHERE t IS NOT NULL`;
  const numbered = `SELECT *, sum(begins) OVER (${partition} ORDER BY t, i ROWS UNBOUNDED PRECEDING) AS session FROM (${begun})`;
  const closed = outputMode === 'append' ? `HAVING max(t) + ${gap} <= ${closing}` : '';
  return `SELECT min(t), max(t) + ${gap} AS "end", ${[...keys, ...aggregatesOf(spec.aggregate)].join(', ')}
    FROM (${numbered}) GROUP BY ${[...keys, 'session'].join(', ')} ${closed}`;
}

function keysOf({ columns = [], cube, rollup }: GroupBySpec) {
  const plain = columns.map(quoted);
  const multi = (cube ?? rollup)?.map(quoted);
  const sets = multi === undefined ? [] : [`${cube === undefined ? 'ROLLUP' : 'CUBE'} (${multi.join(', ')})`];
  const grouping = multi === undefined ? [] : [`grouping_id(${multi.join(', ')})`];
  return {
    select: [...plain, ...(multi ?? []), ...grouping],
    groupBy(more: readonly string[]) {
      const all = [...more, ...plain, ...sets];
      return all.length === 0 ? '' : `GROUP BY ${all.join(', ')}`;
    },
  };
}

function aggregatesOf(aggregates: readonly AggregateSpec[] = [{ fn: 'count' }]): string[] {
  return aggregates.map(({ fn, column, expr, q }) => {
    const input = column === undefined ? (expr === undefined ? '*' : `(${expr})`) : quoted(column);
    switch (fn) {
      case 'stddev':
        return `stddev_samp(${input})`;
      case 'approx_count_distinct':
        return `count(DISTINCT ${input})`;
      case 'approx_quantile':
        return `quantile_cont(${input}, ${q})`;
      default:
        return `${fn}(${input})`;
    }
  });
}

function condition(where: Where | undefined): string {
  if (where === undefined) return 'true';
  if (typeof where === 'string') return `(${where})`;
  const parts = where.map((part) => {
    if (typeof part === 'string') return `(${part})`;
    const { column, op, value } = part;
    const operand =
      value === undefined
        ? ''
        : Array.isArray(value)
          ? `(${value.map(sqlLiteral).join(', ')})`
          : sqlLiteral(value as Literal);
    return `(${quoted(column)} ${op} ${operand})`;
  });
  return parts.join(' AND ');
}

function finite(expression: string): string {
  // Where the database's notation differs: `if`, and a `concat` that passes nulls over, as Spark's does not.
  const notation = expression
    .replaceAll(/\bif\(([^,]+), ([^,]+), ([^)]+)\)/g, 'CASE WHEN $1 THEN $2 ELSE $3 END')
    .replaceAll(/\bconcat\((.*)\)/g, (_, texts: string) => `(${texts.replaceAll(', ', ' || ')})`);
  return `CASE WHEN typeof(${notation}) <> 'DOUBLE' OR isfinite(TRY_CAST(${notation} AS DOUBLE)) THEN ${notation} END`;
}

function values(names: readonly string[], types: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map(
    (row) => `(${row.map((value, c) => `${sqlLiteral(value)}::${types[c]}`).join(', ')})`,
  );
  const nothing = `(${types.map((type) => `NULL::${type}`).join(', ')})`;
  const header = names.map(quoted).join(', ');
  return rows.length === 0
    ? `SELECT * FROM (VALUES ${nothing}) v(${header}) WHERE false`
    : `SELECT * FROM (VALUES ${cells.join(', ')}) v(${header})`;
}

function sqlType({ type }: ColumnSchema): string {
  return { string: 'VARCHAR', double: 'DOUBLE', long: 'BIGINT', timestamp: 'BIGINT', boolean: 'BOOLEAN' }[
    type
  ];
}

function sqlLiteral(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

function quoted(name: string): string {
  return `"${name}"`;
}

function nanoseconds(duration: string): bigint {
  const [count, unit] = duration.split(' ');
  return BigInt(Math.round(Number(count) * (unit === 'ms' ? 1 : 1000))) * 1_000_000n;
}
