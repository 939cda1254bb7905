import type { OutputMode, QuerySpec, SourceSpec } from '@hark/contracts';
import type { Bound } from '../expressions/bound.js';
import type { DuplicatesStep } from '../operators/drop-duplicates.js';
import type { GroupingStep, WindowStep } from '../operators/grouped-aggregation.js';
import type { SessionStep } from '../operators/session-aggregation.js';
import type { StaticJoinStep } from '../operators/static-join.js';
import type { StreamJoinStep } from '../operators/stream-join.js';
import type { ColumnSchema } from '../rows/value.js';

/** A source that a query reads. */
export interface PlanInput {
  /** See `sourceKey`. */
  readonly key: string;
  readonly from: SourceSpec;
  readonly columns: readonly ColumnSchema[];
}

export interface WatermarkStep {
  /** Index of a timestamp column of the source. */
  readonly column: number;
  readonly delayMs: number;
}

export interface OrderStep {
  readonly column: number;
  readonly descending: boolean;
}

export interface AggregationStep {
  readonly grouping: GroupingStep;
  readonly window: WindowStep | null;
  readonly session: SessionStep | null;
  /** Of the result. */
  readonly having: Bound | null;
  readonly order: readonly OrderStep[];
  readonly limit: number;
}

/** What is done to the rows, in this order. */
export interface PlanSteps {
  readonly watermark: WatermarkStep | null;
  readonly where: Bound | null;
  readonly duplicates: DuplicatesStep | null;
  readonly staticJoin: StaticJoinStep | null;
  readonly streamJoin: StreamJoinStep | null;
  /** Conditions on columns that the join has brought. */
  readonly whereJoined: Bound | null;
  readonly select: readonly Bound[] | null;
  readonly aggregation: AggregationStep | null;
}

/** A query that was found to be in order, with its names and types known: what `StreamingQuery` runs. Immutable. */
export interface QueryPlan {
  readonly spec: QuerySpec;
  /** One; two for a join of two different sources. */
  readonly inputs: readonly PlanInput[];
  readonly outputMode: OutputMode;
  /** Columns of the result. */
  readonly schema: readonly ColumnSchema[];
  /** Whether the results are aggregates: in update mode, a later row then replaces the earlier one of its key. */
  readonly aggregates: boolean;
  /** Columns that tell results apart; none without aggregation, and where there is a single result. */
  readonly keyColumns: readonly number[];
  readonly stateful: boolean;
  /** What the state depends on, by name: plans that agree in all of it can take each other's state. */
  readonly stateShape: Readonly<Record<string, string>>;
  readonly steps: PlanSteps;
}
