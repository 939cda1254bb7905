import type { QuerySpec } from '@hark/contracts';
import { canonicalJson } from './catalog.js';
import type { PlanInput } from './query-plan.js';

/**
 * What a query's state is made of, part by part. Two queries of one shape can take each other's state: a condition, a
 * column that goes out unaggregated, the delay of a watermark or a static table may differ.
 */
export function stateShape(spec: QuerySpec, inputs: readonly PlanInput[]): Readonly<Record<string, string>> {
  const { join, groupBy, aggregate, dropDuplicates, outputMode = 'append' } = spec;
  const isAggregate = groupBy !== undefined || aggregate !== undefined;
  return {
    from: canonicalJson(inputs.map(({ key }) => key)),
    withWatermark: canonicalJson(spec.withWatermark?.column ?? null),
    dropDuplicates: canonicalJson(dropDuplicates ?? null),
    join: canonicalJson(
      join !== undefined && 'stream' in join
        ? { on: join.on, type: join.type ?? 'inner', columns: inputs.map(({ columns }) => columns) }
        : null,
    ),
    select: canonicalJson(isAggregate ? (spec.select ?? null) : null),
    groupBy: canonicalJson(groupBy ?? null),
    aggregate: canonicalJson(
      isAggregate
        ? (aggregate ?? [{ fn: 'count' }]).map(({ fn, column, expr }) => ({ fn, column, expr }))
        : null,
    ),
    // Complete keeps what the others let go.
    outputMode: isAggregate && outputMode === 'complete' ? 'complete' : 'append or update',
  };
}
