import type { QuerySpec } from '@hark/contracts';
import { bind, columnIndex } from '../expressions/bind.js';
import { boundColumn, type Bound } from '../expressions/bound.js';
import type { Expression } from '../expressions/expression.js';
import { parseExpression } from '../expressions/parse-expression.js';
import type { DuplicatesStep } from '../operators/drop-duplicates.js';
import { QuerySpecError } from '../query-spec-error.js';
import type { ColumnSchema } from '../rows/value.js';
import { sourceKey, sourceOf, type Catalog } from './catalog.js';
import { aggregates, checkNames, compileAggregation } from './compile-aggregation.js';
import { allOf, compileStaticJoin, compileStreamJoin } from './compile-join.js';
import { compileWatermark } from './compile-time.js';
import { conditionsOf, type Condition } from './conditions.js';
import { checkMode } from './mode-table.js';
import type { PlanInput, QueryPlan, WatermarkStep } from './query-plan.js';
import { stateShape } from './state-shape.js';

/**
 * Gives a query's names and types a meaning and checks it against every rule.
 *
 * @throws QuerySpecError with the part of the spec and the rule that it breaks.
 */
export function compileQuery(spec: QuerySpec, catalog: Catalog): QueryPlan {
  const outputMode = spec.outputMode ?? 'append';
  const { join } = spec;
  const source = sourceOf(spec.from, catalog, 'from').columns;
  const inputs: PlanInput[] = [{ key: sourceKey(spec.from), from: spec.from, columns: source }];
  const watermark = compileWatermark(spec.withWatermark, source, 'withWatermark');
  const staticJoin = join !== undefined && 'static' in join ? compileStaticJoin(join, source, catalog) : null;
  const streamJoin =
    join !== undefined && 'stream' in join ? compileStreamJoin(join, source, watermark, catalog) : null;
  if (join !== undefined && 'stream' in join && sourceKey(join.stream.from) !== inputs[0].key) {
    const { from } = join.stream;
    inputs.push({ key: sourceKey(from), from, columns: sourceOf(from, catalog, 'join.stream.from').columns });
  }
  const joined = (staticJoin ?? streamJoin)?.schema ?? source;
  checkNames(joined);

  const { before, after } = splitByJoin(conditionsOf(spec.where, 'where'), source);
  const where = allOf(before.map(({ expression, field }) => condition(expression, source, field)));
  const whereJoined = allOf(after.map(({ expression, field }) => condition(expression, joined, field)));
  const duplicates = compileDuplicates(spec, source, watermark);
  const isAggregate = aggregates(spec);
  const selected = compileSelect(spec, joined, isAggregate);
  const aggregation = isAggregate ? compileAggregation(spec, selected.schema, watermark) : null;
  if (!isAggregate && spec.having !== undefined) {
    throw new QuerySpecError(
      'having',
      'having_needs_aggregation',
      'without aggregation the condition goes in where',
    );
  }
  checkMode(outputMode, {
    aggregates: isAggregate,
    closes: aggregation?.step.grouping.closes ?? false,
    sessions: aggregation !== null && aggregation.step.session !== null,
    joinsStreams: streamJoin !== null,
    sorts: spec.orderBy !== undefined || spec.limit !== undefined,
  });
  const schema = aggregation?.schema ?? selected.schema;
  return {
    spec,
    inputs,
    outputMode,
    schema,
    aggregates: isAggregate,
    keyColumns: aggregation?.keyColumns ?? [],
    stateful: isAggregate || duplicates !== null || streamJoin !== null,
    stateShape: stateShape(spec, inputs),
    steps: {
      watermark,
      where,
      duplicates,
      staticJoin: staticJoin?.step ?? null,
      streamJoin: streamJoin?.step ?? null,
      whereJoined,
      select: selected.columns,
      aggregation: aggregation?.step ?? null,
    },
  };
}

/** A condition applies as soon as its columns are there: before the join, and before duplicates are dropped, if it can. */
function splitByJoin(conditions: readonly Condition[], source: readonly ColumnSchema[]) {
  const names = new Set(source.map(({ name }) => name));
  const isBefore = ({ expression }: Condition) => columnsOf(expression).every((name) => names.has(name));
  return {
    before: conditions.filter(isBefore),
    after: conditions.filter((each) => !isBefore(each)),
  };
}

function columnsOf(expression: Expression): string[] {
  if (expression.kind === 'column') return [expression.name];
  return expression.kind === 'call' ? expression.args.flatMap(columnsOf) : [];
}

function condition(expression: Expression, schema: readonly ColumnSchema[], field: string): Bound {
  const bound = bind(expression, schema, field);
  if (bound.type !== 'boolean') {
    throw new QuerySpecError(field, 'operand_type', `a condition is true or false, not a ${bound.type}`);
  }
  return bound;
}

function compileDuplicates(
  spec: QuerySpec,
  schema: readonly ColumnSchema[],
  watermark: WatermarkStep | null,
): DuplicatesStep | null {
  if (spec.dropDuplicates === undefined) return null;
  const indexes = spec.dropDuplicates.map((name, i) => columnIndex(name, schema, `dropDuplicates[${i}]`));
  const forgets = watermark !== null && indexes.includes(watermark.column);
  const instant = forgets ? watermark.column : indexes.find((index) => schema[index].type === 'timestamp');
  return {
    keys: indexes.filter((index) => index !== instant).map((index) => boundColumn(schema[index].type, index)),
    instant: instant === undefined ? null : boundColumn('timestamp', instant),
    time: watermark === null ? null : boundColumn('timestamp', watermark.column),
    forgets,
    delayMs: watermark?.delayMs ?? 0,
  };
}

/** The columns that `select` gives; before an aggregation they are added to those that are there. */
function compileSelect(
  spec: QuerySpec,
  schema: readonly ColumnSchema[],
  isAggregate: boolean,
): { readonly columns: readonly Bound[] | null; readonly schema: readonly ColumnSchema[] } {
  if (spec.select === undefined) return { columns: null, schema };
  const given = spec.select.map((each, i) => {
    const field = `select[${i}]`;
    if (typeof each !== 'string') {
      const bound = bind(parseExpression(each.expr, `${field}.expr`), schema, `${field}.expr`);
      return { name: each.as, bound, isNew: true };
    }
    const index = columnIndex(each, schema, field);
    return { name: each, bound: boundColumn(schema[index].type, index), isNew: false };
  });
  const kept = isAggregate
    ? schema.map(({ name, type }, index) => ({ name, bound: boundColumn(type, index) }))
    : [];
  const added = isAggregate ? given.filter(({ isNew }) => isNew) : given;
  const columns = [...kept, ...added];
  const result = columns.map(({ name, bound }) => ({ name, type: bound.type }));
  checkNames(result);
  return { columns: columns.map(({ bound }) => bound), schema: result };
}
