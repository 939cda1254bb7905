import { StateReader } from '../encoding/state-reader.js';
import { StateWriter } from '../encoding/state-writer.js';
import { StateFormatError } from '../runner/processor.js';
import { CollectedRows } from './operators/collected-rows.js';
import { DropDuplicates } from './operators/drop-duplicates.js';
import { Filter } from './operators/filter.js';
import { finalRows } from './operators/final-rows.js';
import { allRows, type Frame } from './operators/frame.js';
import { GroupedAggregation } from './operators/grouped-aggregation.js';
import { Projection } from './operators/projection.js';
import { SessionAggregation } from './operators/session-aggregation.js';
import type { StateOperatorProgress } from './operators/state-operator.js';
import { StaticJoin } from './operators/static-join.js';
import { StreamJoin, type Instant } from './operators/stream-join.js';
import { Watermark } from './operators/watermark.js';
import { canonicalJson } from './plan/catalog.js';
import type { QueryPlan } from './plan/query-plan.js';
import { rowsReady, rowsToMake, type EventTimeProgress, type QueryOutput } from './query-output.js';
import { bigintOf, compareInt64 } from './rows/int64.js';
import { batchOf } from './rows/row-batch-builder.js';
import type { Int64Column, RowBatch } from './rows/row-batch.js';
import type { Row } from './rows/value.js';
import { readRow, writeRow } from './state/values.js';

const FORMAT = 'hark.query';
const FORMAT_VERSION = 1;

/**
 * A query that runs: takes rows, and gives what its output mode says at the end of each micro-batch. What it gives is
 * a function of the rows in their order and of where the micro-batches end; the state after them, and with it the sum
 * of all output, of the rows in their order alone.
 */
export class StreamingQuery {
  private readonly watermarks: { readonly left: Watermark; readonly right: Watermark | null } | null;
  private readonly where: Filter | null;
  private readonly rightWhere: Filter | null;
  private readonly duplicates: DropDuplicates | null;
  private readonly staticJoin: StaticJoin | null;
  private readonly streamJoin: StreamJoin | null;
  private readonly whereJoined: Filter | null;
  private readonly select: Projection | null;
  private readonly aggregation: GroupedAggregation | SessionAggregation | null;
  private readonly collected: CollectedRows;
  private inputRows = 0;

  constructor(private readonly plan: QueryPlan) {
    const { watermark, where, duplicates, staticJoin, streamJoin, whereJoined, select, aggregation } =
      plan.steps;
    this.watermarks =
      watermark === null
        ? null
        : {
            left: new Watermark(watermark.delayMs),
            right: streamJoin === null ? null : new Watermark(streamJoin.right.delayMs),
          };
    this.where = where && new Filter(where);
    this.rightWhere = streamJoin?.rightWhere ? new Filter(streamJoin.rightWhere) : null;
    this.duplicates = duplicates && new DropDuplicates(duplicates);
    this.staticJoin = staticJoin && new StaticJoin(staticJoin);
    this.streamJoin = streamJoin && new StreamJoin(streamJoin);
    this.whereJoined = whereJoined && new Filter(whereJoined);
    this.select = select && new Projection(select);
    this.aggregation =
      aggregation &&
      (aggregation.session === null
        ? new GroupedAggregation(aggregation.grouping, aggregation.window)
        : new SessionAggregation(aggregation.grouping, aggregation.session));
    this.collected = new CollectedRows(plan.schema.length);
  }

  /**
   * Takes rows, in the order of the log.
   * @param input which of the plan's inputs they are from.
   */
  take(batch: RowBatch, input = 0): void {
    this.inputRows += batch.length;
    if (this.streamJoin !== null) this.takeJoined(this.streamJoin, batch, input);
    else this.finish(this.begin(batch));
  }

  /** Ends a micro-batch. What it gives is valid until the next {@link take}. */
  trigger(): QueryOutput {
    const { outputMode: mode, schema, keyColumns } = this.plan;
    const now = this.now();
    if (this.streamJoin !== null) {
      this.streamJoin.settle(now);
      this.streamJoin.endBatch();
    }
    this.duplicates?.endBatch();
    const inputRows = this.inputRows;
    this.inputRows = 0;
    const eventTime = this.eventTime();
    const rows =
      this.aggregation === null
        ? rowsToMake(this.collected.drain())
        : rowsReady(this.results(this.aggregation, now));
    return Object.assign(rows, { mode, schema, keyColumns, inputRows, eventTime });
  }

  /** Nanoseconds; null before the first row, and in a query without a watermark. */
  watermark(): bigint | null {
    const { ms, subNs } = this.now();
    return ms === -Infinity ? null : bigintOf(ms, subNs);
  }

  /** The operators that hold state, in the order in which rows pass them, as of the last {@link trigger}. */
  stateOperators(): readonly StateOperatorProgress[] {
    return [this.duplicates, this.streamJoin, this.aggregation].flatMap((operator) =>
      operator === null ? [] : [operator.stateOperator()],
    );
  }

  snapshot(): Uint8Array {
    const state = new StateWriter(FORMAT, FORMAT_VERSION);
    state.string(this.shape()).f64(this.inputRows);
    this.watermarks?.left.write(state);
    this.watermarks?.right?.write(state);
    this.duplicates?.write(state);
    this.streamJoin?.write(state);
    this.aggregation?.write(state);
    const waiting = this.collected.tail(this.collected.count);
    state.u32(waiting.length);
    for (const row of waiting) writeRow(row, state);
    return state.finish();
  }

  /**
   * Into a query that has taken nothing yet.
   * @throws StateFormatError when the bytes are not the state of a query that this one is compatible with.
   */
  restore(bytes: Uint8Array): void {
    const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
    const shape = state.string();
    if (shape !== this.shape()) throw new StateFormatError(`the state of another query: ${shape}`);
    this.inputRows = state.f64();
    this.watermarks?.left.read(state);
    this.watermarks?.right?.read(state);
    this.duplicates?.read(state);
    this.streamJoin?.read(state);
    this.aggregation?.read(state);
    const waiting: Row[] = Array.from({ length: state.u32() }, () => readRow(state));
    if (waiting.length > 0) this.collected.take(everyRow(batchOf(this.plan.schema, waiting)));
    state.finish();
  }

  /** Up to the join: watermark, `where`, `dropDuplicates`. */
  private begin(batch: RowBatch): Frame {
    const { watermark } = this.plan.steps;
    const clock =
      watermark === null
        ? null
        : this.watermarks!.left.advance(batch.column(watermark.column) as Int64Column, batch.length);
    let frame: Frame = { ...everyRow(batch), clock };
    if (this.where !== null) frame = this.where.take(frame);
    if (this.duplicates !== null) frame = this.duplicates.take(frame);
    return frame;
  }

  /** From the join on. */
  private finish(frame: Frame): void {
    let rows = frame;
    if (this.staticJoin !== null) rows = this.staticJoin.take(rows);
    if (this.whereJoined !== null) rows = this.whereJoined.take(rows);
    if (this.select !== null) rows = this.select.take(rows);
    (this.aggregation ?? this.collected).take(rows);
  }

  private takeJoined(join: StreamJoin, batch: RowBatch, input: number): void {
    const before = this.now();
    const { right: step } = this.plan.steps.streamJoin!;
    const isBoth = this.plan.inputs.length === 1;
    const left = isBoth || input === 0 ? this.begin(batch) : null;
    let right: Frame | null = null;
    if (isBoth || input === 1) {
      const clock = this.watermarks!.right!.advance(batch.column(step.time) as Int64Column, batch.length);
      right = { ...everyRow(batch), clock };
      if (this.rightWhere !== null) right = this.rightWhere.take(right);
    }
    this.finish(join.take(left, right, before, this.lesser(left, right), this.now()));
  }

  /** The lesser of both watermarks at each row of a batch; a stream that is not in it stands still. */
  private lesser(left: Frame | null, right: Frame | null): (row: number) => Instant {
    const at = (frame: Frame | null, still: Watermark) => {
      const ms = frame?.clock?.ms;
      const subNs = frame?.clock?.subNs;
      return (row: number): Instant =>
        ms === undefined || subNs === undefined
          ? { ms: still.ms, subNs: still.subNs }
          : { ms: ms[row], subNs: subNs[row] };
    };
    const ofLeft = at(left, this.watermarks!.left);
    const ofRight = at(right, this.watermarks!.right!);
    return (row) => lesserOf(ofLeft(row), ofRight(row));
  }

  private now(): Instant {
    if (this.watermarks === null) return { ms: -Infinity, subNs: 0 };
    const { left, right } = this.watermarks;
    const first = { ms: left.ms, subNs: left.subNs };
    return right === null ? first : lesserOf(first, { ms: right.ms, subNs: right.subNs });
  }

  private results(aggregation: GroupedAggregation | SessionAggregation, now: Instant): readonly Row[] {
    // Behind a join of streams, rows come up to `afterMs` after the watermark has passed them.
    const backMs = this.plan.steps.streamJoin?.afterMs ?? 0;
    const rows = aggregation.trigger(now.ms - backMs, now.subNs);
    return finalRows(rows, this.plan.schema, this.plan.steps.aggregation!);
  }

  private eventTime(): EventTimeProgress | null {
    if (this.watermarks === null) return null;
    this.watermarks.right?.takeEventTimes();
    return { ...this.watermarks.left.takeEventTimes(), watermark: this.watermark() };
  }

  private shape(): string {
    return canonicalJson(this.plan.stateShape);
  }
}

function everyRow(batch: RowBatch): Frame {
  const { length } = batch;
  return {
    length,
    column: (index) => batch.column(index),
    rows: allRows(length),
    count: length,
    clock: null,
    stretches: batch.stretches ?? null,
  };
}

function lesserOf(a: Instant, b: Instant): Instant {
  return compareInt64(a.ms, a.subNs, b.ms, b.subNs) <= 0 ? a : b;
}
