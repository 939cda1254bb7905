import type { StaticJoinSpec, StreamJoinSpec } from '@hark/contracts';
import { boundColumn, isNumber, type Bound } from '../expressions/bound.js';
import { conjunction } from '../expressions/conditions.js';
import { bind, columnIndex } from '../expressions/bind.js';
import type { StaticJoinStep } from '../operators/static-join.js';
import type { StreamJoinStep } from '../operators/stream-join.js';
import { QuerySpecError } from '../query-spec-error.js';
import type { ColumnSchema } from '../rows/value.js';
import { sourceOf, staticOf, type Catalog } from './catalog.js';
import { conditionsOf } from './conditions.js';
import { durationMs } from './duration.js';
import type { WatermarkStep } from './query-plan.js';
import { compileWatermark } from './compile-time.js';

/** Columns of the stream and of what is joined to it, and how. */
export interface Joined<Step> {
  readonly schema: readonly ColumnSchema[];
  readonly step: Step;
}

export function compileStaticJoin(
  join: StaticJoinSpec,
  stream: readonly ColumnSchema[],
  catalog: Catalog,
): Joined<StaticJoinStep> {
  const table = staticOf(join.static, catalog, 'join.static');
  const { streamKeys, otherKeys } = keysOf(join.on, stream, table.schema);
  const added = table.schema.flatMap((_, index) => (otherKeys.includes(index) ? [] : [index]));
  // A column that the stream has too is told apart by the table's name.
  const taken = new Set(stream.map(({ name }) => name));
  const columns = added.map((index) => {
    const { name, type } = table.schema[index];
    return { name: taken.has(name) ? `${table.name}.${name}` : name, type };
  });
  const type = join.type ?? 'inner';
  return {
    schema: [...stream, ...columns],
    step: { table, streamKeys, tableKeys: otherKeys, added, streamColumns: stream.length, type },
  };
}

/** @param watermark of the first stream. */
export function compileStreamJoin(
  join: StreamJoinSpec,
  stream: readonly ColumnSchema[],
  watermark: WatermarkStep | null,
  catalog: Catalog,
): Joined<StreamJoinStep> {
  const { stream: other, within, on } = join;
  const right = sourceOf(other.from, catalog, 'join.stream.from').columns;
  const rightWatermark =
    compileWatermark(other.withWatermark, right, 'join.stream.withWatermark') ?? watermark;
  if (watermark === null || rightWatermark === null) {
    throw new QuerySpecError(
      'withWatermark',
      'stream_join_needs_watermark',
      'without a watermark on both streams every row would have to be remembered for ever',
    );
  }
  const { streamKeys, otherKeys } = keysOf(on, stream, right);
  const rightColumn = right[rightWatermark.column];
  if (rightColumn?.type !== 'timestamp') {
    throw new QuerySpecError(
      'join.stream.withWatermark',
      'watermark_needs_timestamp',
      'the second stream needs a watermark on a timestamp of its own',
    );
  }
  const conditions = conditionsOf(other.where, 'join.stream.where');
  return {
    schema: [...stream, ...right.map(({ name, type }) => ({ name: `${other.as}.${name}`, type }))],
    step: {
      left: { columns: stream, keys: streamKeys, time: watermark.column, delayMs: watermark.delayMs },
      right: {
        columns: right,
        keys: otherKeys.map((index) => boundColumn(right[index].type, index)),
        time: rightWatermark.column,
        delayMs: rightWatermark.delayMs,
      },
      rightWhere: allOf(conditions.map(({ expression, field }) => bind(expression, right, field))),
      beforeMs: durationMs(within.before, 'join.within.before'),
      afterMs: durationMs(within.after, 'join.within.after'),
      type: join.type ?? 'inner',
    },
  };
}

export function allOf(conditions: readonly Bound[]): Bound | null {
  return conditions.length === 0 ? null : conditions.length === 1 ? conditions[0] : conjunction(conditions);
}

function keysOf(
  on: readonly string[],
  stream: readonly ColumnSchema[],
  other: readonly ColumnSchema[],
): { readonly streamKeys: readonly Bound[]; readonly otherKeys: readonly number[] } {
  const streamKeys: Bound[] = [];
  const otherKeys: number[] = [];
  on.forEach((name, i) => {
    const field = `join.on[${i}]`;
    const here = columnIndex(name, stream, field);
    const there = columnIndex(name, other, field);
    const key = boundColumn(stream[here].type, here);
    const numbers = isNumber(key) && (other[there].type === 'double' || other[there].type === 'long');
    if (key.type !== other[there].type && !numbers) {
      throw new QuerySpecError(
        field,
        'join_type',
        `${name} is a ${key.type} on one side and a ${other[there].type} on the other`,
      );
    }
    streamKeys.push(key);
    otherKeys.push(there);
  });
  return { streamKeys, otherKeys };
}
