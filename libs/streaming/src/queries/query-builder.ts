import type {
  AggregateSpec,
  ExpressionText,
  GroupBySpec,
  OrderSpec,
  OutputMode,
  QuerySpec,
  SourceSpec,
  StaticJoinSpec,
  StreamJoinSpec,
  Where,
} from '@hark/contracts';
import type { Catalog } from './plan/catalog.js';
import { compileQuery } from './plan/compile-query.js';
import type { QueryPlan } from './plan/query-plan.js';
import type { PredictionsColumn } from './sources/predictions-rows.js';
import type { SamplesColumn } from './sources/samples-rows.js';
import type { WindowsColumn } from './sources/windows-rows.js';

interface SourceColumns {
  readonly samples: SamplesColumn;
  readonly windows: WindowsColumn;
  readonly predictions: PredictionsColumn;
}

/** Names of a source's columns; of a source that is described in the query, any name. */
export type ColumnsOf<From extends SourceSpec> = From extends keyof SourceColumns
  ? SourceColumns[From]
  : string;

interface Grouping<Column extends string> {
  readonly window?: GroupBySpec['window'];
  readonly columns?: readonly Column[];
  readonly cube?: readonly Column[];
  readonly rollup?: readonly Column[];
}

/**
 * Begins a query: `query('samples').withWatermark('event_time', '30 minutes').groupBy({ columns: ['User'] }).count()`.
 * Each step gives a new builder; the order in which they are written is no matter, they apply as in `QuerySpec`.
 */
export function query<const From extends SourceSpec>(from: From): QueryBuilder<ColumnsOf<From>> {
  return new QueryBuilder({ from });
}

/** Makes a {@link QuerySpec} step by step. `Column`: names that may be used so far. */
export class QueryBuilder<Column extends string> {
  constructor(private readonly made: QuerySpec) {}

  withWatermark(column: Column, delay: string): QueryBuilder<Column> {
    return this.with({ withWatermark: { column, delay } });
  }

  /** More conditions, all of which must hold. */
  where(...conditions: Exclude<Where, string>): QueryBuilder<Column> {
    const before = this.made.where ?? [];
    return this.with({ where: [...(typeof before === 'string' ? [before] : before), ...conditions] });
  }

  dropDuplicates(...columns: readonly Column[]): QueryBuilder<Column> {
    return this.with({ dropDuplicates: columns });
  }

  /** With the table's columns, whatever they are. */
  joinStatic(
    table: string,
    on: readonly Column[],
    type: StaticJoinSpec['type'] = 'inner',
  ): QueryBuilder<string> {
    return this.with<string>({ join: { static: table, on, type } });
  }

  /** The second stream's columns are `<as>.<column>`. */
  joinStream<As extends string>(
    join: StreamJoinSpec & { readonly stream: { readonly as: As } },
  ): QueryBuilder<Column | `${As}.${string}`> {
    return this.with<Column | `${As}.${string}`>({ join });
  }

  /** Columns to keep, and expressions by the names that they get. */
  select<Name extends string = never>(
    columns: readonly Column[],
    expressions: Readonly<Record<Name, ExpressionText>> = {} as Readonly<Record<Name, ExpressionText>>,
  ): QueryBuilder<Column | Name> {
    const computed = Object.entries<string>(expressions).map(([as, expr]) => ({ expr, as }));
    return this.with<Column | Name>({ select: [...columns, ...computed] });
  }

  groupBy(grouping: Grouping<Column>): QueryBuilder<Column> {
    return this.with({ groupBy: grouping });
  }

  count(as = 'count'): QueryBuilder<Column> {
    return this.aggregate({ fn: 'count', as });
  }

  avg(column: Column, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'avg', column, as });
  }

  sum(column: Column, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'sum', column, as });
  }

  min(column: Column, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'min', column, as });
  }

  max(column: Column, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'max', column, as });
  }

  stddev(column: Column, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'stddev', column, as });
  }

  approxCountDistinct(column: Column, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'approx_count_distinct', column, as });
  }

  /** @param q 0 to 1. */
  approxQuantile(column: Column, q: number, as?: string): QueryBuilder<Column> {
    return this.aggregate({ fn: 'approx_quantile', column, q, as });
  }

  having(...conditions: Exclude<Where, string>): QueryBuilder<Column> {
    return this.with({ having: conditions });
  }

  /** By columns of the result. */
  orderBy(...order: readonly OrderSpec[]): QueryBuilder<Column> {
    return this.with({ orderBy: order });
  }

  limit(rows: number): QueryBuilder<Column> {
    return this.with({ limit: rows });
  }

  outputMode(mode: OutputMode): QueryBuilder<Column> {
    return this.with({ outputMode: mode });
  }

  spec(): QuerySpec {
    return this.made;
  }

  /** @throws QuerySpecError */
  compile(catalog: Catalog): QueryPlan {
    return compileQuery(this.made, catalog);
  }

  private aggregate({ as, ...aggregate }: AggregateSpec): QueryBuilder<Column> {
    const named: AggregateSpec = as === undefined ? aggregate : { ...aggregate, as };
    return this.with({ aggregate: [...(this.made.aggregate ?? []), named] });
  }

  private with<Next extends string = Column>(part: Partial<QuerySpec>): QueryBuilder<Next> {
    return new QueryBuilder<Next>({ ...this.made, ...part });
  }
}
