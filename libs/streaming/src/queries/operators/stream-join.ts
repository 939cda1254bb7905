import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import type { Bound } from '../expressions/bound.js';
import { cellOf } from '../rows/cells.js';
import { compareInt64 } from '../rows/int64.js';
import type { Int64Column } from '../rows/row-batch.js';
import { RowBatchBuilder } from '../rows/row-batch-builder.js';
import type { ColumnSchema, Row } from '../rows/value.js';
import { codeKeys } from '../state/coded-keys.js';
import { ExpiryQueue } from '../state/expiry-queue.js';
import { JoinSide, type JoinRow } from '../state/join-side.js';
import { KeyTable } from '../state/key-table.js';
import type { BatchClock } from './batch-clock.js';
import { allRows, type Frame } from './frame.js';
import type { StateOperatorProgress } from './state-operator.js';

export interface JoinSideStep {
  readonly columns: readonly ColumnSchema[];
  readonly keys: readonly Bound[];
  /** Index of the event time. */
  readonly time: number;
  readonly delayMs: number;
}

export interface StreamJoinStep {
  readonly left: JoinSideStep;
  readonly right: JoinSideStep;
  readonly rightWhere: Bound | null;
  /** The right event time less the left one: from −before to after, both included. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly type: 'inner' | 'left';
}

/** An instant: milliseconds and nanoseconds within. */
export interface Instant {
  readonly ms: number;
  readonly subNs: number;
}

type Side = 'left' | 'right';

/**
 * Joins two streams on keys and within a bound of time. The watermark is the lesser of both streams'. A row waits for
 * its partners until the watermark says that none can come; a left row that had none goes out then, with nulls, in a
 * left join. What goes out can be behind the watermark by `afterMs`, so that much the watermark is put back for what
 * follows.
 */
export class StreamJoin {
  private readonly keys = new KeyTable();
  private readonly sides = { left: new JoinSide(), right: new JoinSide() };
  private readonly alone = new ExpiryQueue();
  private readonly out: RowBatchBuilder;
  private outMs: number[] = [];
  private outSubNs: number[] = [];
  private sequence = 0;
  private late = 0;
  private added = 0;
  private removed = 0;
  private progress: StateOperatorProgress;

  constructor(private readonly step: StreamJoinStep) {
    this.out = new RowBatchBuilder([...step.left.columns, ...step.right.columns]);
    this.progress = this.measured();
  }

  /**
   * Takes rows of one batch that are in on the left, on the right, or on both. A row that is on both is taken on the
   * left first.
   *
   * @param before the watermark before the batch.
   * @param at the watermark at a row of the batch.
   * @param end the watermark after the batch.
   */
  take(
    left: Frame | null,
    right: Frame | null,
    before: Instant,
    at: (row: number) => Instant,
    end: Instant,
  ): Frame {
    const readers = { left: this.reader('left', left), right: this.reader('right', right) };
    let last = before;
    let l = 0;
    let r = 0;
    const lefts = left?.count ?? 0;
    const rights = right?.count ?? 0;
    while (l < lefts || r < rights) {
      const isLeft = r === rights || (l < lefts && left!.rows[l] <= right!.rows[r]);
      const row = isLeft ? left!.rows[l++] : right!.rows[r++];
      const now = at(row);
      this.expire(now, last);
      this.takeRow(isLeft ? 'left' : 'right', readers[isLeft ? 'left' : 'right'], row, now);
      last = now;
    }
    // Rows that are in on neither side move the watermark as well.
    this.expire(end, last);
    return this.drain(end);
  }

  /** Lets go of what the watermark has passed. */
  settle(now: Instant): void {
    const { beforeMs, afterMs } = this.step;
    this.forget('left', now.ms - afterMs, now.subNs);
    this.forget('right', now.ms - beforeMs, now.subNs);
  }

  endBatch(): void {
    this.progress = this.measured();
    this.late = this.added = this.removed = 0;
  }

  stateOperator(): StateOperatorProgress {
    return this.progress;
  }

  write(state: StateWriter): void {
    state.f64(this.sequence).f64(this.late).f64(this.added).f64(this.removed);
    this.sides.left.write(state, this.keys);
    this.sides.right.write(state, this.keys);
  }

  read(state: StateReader): void {
    this.sequence = state.f64();
    this.late = state.f64();
    this.added = state.f64();
    this.removed = state.f64();
    this.sides.left.read(state, this.keys);
    this.sides.right.read(state, this.keys);
    if (this.step.type === 'inner') return;
    for (const row of this.sides.left.rows()) if (!row.answered) this.alone.push(row);
  }

  private reader(side: Side, frame: Frame | null) {
    if (frame === null) return null;
    const { columns, keys, time } = this.step[side];
    return {
      coded: codeKeys(
        keys.map((key) => key.evaluate(frame)),
        frame.length,
      ),
      time: frame.column(time) as Int64Column,
      columns: columns.map((_, c) => frame.column(c)),
    };
  }

  private takeRow(side: Side, reader: ReturnType<StreamJoin['reader']>, i: number, now: Instant): void {
    const { coded, time, columns } = reader!;
    const ms = time.hi[i];
    const subNs = time.lo[i];
    if (!(compareInt64(ms, subNs, now.ms, now.subNs) >= 0)) {
      this.late++;
      return;
    }
    const key = coded.key(coded.codes[i]);
    const keyId = this.keys.idOf(key);
    this.keys.retain(keyId);
    const cells: Row = columns.map((column) => cellOf(column, i));
    const row: JoinRow = { ms, subNs, sequence: this.sequence++, keyId, cells, answered: false };
    this.sides[side].add(row);
    this.added++;
    if (side === 'left' && this.step.type === 'left') this.alone.push(row);
    if (key.includes(null)) return;
    const { beforeMs, afterMs } = this.step;
    const isLeft = side === 'left';
    const partners = this.sides[isLeft ? 'right' : 'left'].within(
      keyId,
      { ms: ms - (isLeft ? beforeMs : afterMs), subNs },
      { ms: ms + (isLeft ? afterMs : beforeMs), subNs },
    );
    for (const partner of partners) {
      const leftRow = isLeft ? row : partner;
      leftRow.answered = true;
      this.emit([...leftRow.cells, ...(isLeft ? partner : row).cells], now);
    }
  }

  /** Left rows that can have no partner any more, oldest first; the watermark was `last` when they still could. */
  private expire(now: Instant, last: Instant): void {
    const { afterMs, right } = this.step;
    for (let row; (row = this.alone.takeBefore(now.ms - afterMs, now.subNs)) !== null;) {
      if (row.answered) continue;
      row.answered = true;
      this.emit([...row.cells, ...right.columns.map(() => null)], last);
    }
  }

  private emit(row: Row, { ms, subNs }: Instant): void {
    this.out.push(row);
    this.outMs.push(ms - this.step.afterMs);
    this.outSubNs.push(subNs);
  }

  private drain(now: Instant): Frame {
    const batch = this.out.take();
    const { length } = batch;
    const clock = clockOf(
      batch.column(this.step.left.time) as Int64Column,
      Float64Array.from(this.outMs),
      Int32Array.from(this.outSubNs),
      { ms: now.ms - this.step.afterMs, subNs: now.subNs },
    );
    this.outMs = [];
    this.outSubNs = [];
    const column = (index: number) => batch.column(index);
    return { length, clock, column, rows: allRows(length), count: length, stretches: null };
  }

  private forget(side: Side, ms: number, subNs: number): void {
    for (const keyId of this.sides[side].removeBefore(ms, subNs)) {
      this.keys.release(keyId);
      this.removed++;
    }
  }

  private measured(): StateOperatorProgress {
    const { left, right } = this.sides;
    const cells = this.step.left.columns.length + this.step.right.columns.length;
    const rows = left.size + right.size;
    return {
      operatorName: 'symmetricHashJoin',
      numRowsTotal: rows,
      numRowsUpdated: this.added,
      numRowsRemoved: this.removed,
      memoryUsedBytes: rows * (220 + cells * 12) + this.keys.memoryUsedBytes,
      numRowsDroppedByWatermark: this.late,
    };
  }
}

function clockOf(time: Int64Column, ms: Float64Array, subNs: Int32Array, end: Instant): BatchClock {
  return {
    leastMs: time.hi.reduce((least, each) => Math.min(least, each), Infinity),
    endMs: end.ms,
    endSubNs: end.subNs,
    ms,
    subNs,
  };
}
