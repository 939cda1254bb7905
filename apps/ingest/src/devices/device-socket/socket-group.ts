import { SampleBatchBuilder, type RowError, type SampleBatch } from '@hark/contracts';
import type { Principal } from '@hark/service';
import { ColumnarRows, type RejectedRow, type RowSink } from '@hark/streaming';
import { ForbiddenUserError } from '../../front-door/own-users.js';

/** What one message brought to its group. */
export interface GroupedRows {
  readonly accepted: number;
  readonly rejected: number;
  /** The first 20. */
  readonly errors: readonly RowError[];
}

/** A group taken out, ready to be committed as one. */
export interface TakenGroup {
  readonly batch: SampleBatch;
  readonly rejected: number;
  readonly kept: readonly RejectedRow[];
}

const MAX_ERRORS = 20;
const MAX_KEPT = 10_000;

/** Messages of many sockets as one batch: one record and one flush of the disk for all that come while one is under way. */
export class SocketGroup {
  private readonly parser = new ColumnarRows();
  private builder = new SampleBatchBuilder(8192);
  private kept: RejectedRow[] = [];
  private rejected = 0;

  constructor(private readonly activities: RowSink['activities']) {}

  get isEmpty(): boolean {
    return this.builder.rows === 0 && this.rejected === 0;
  }

  /**
   * Adds the rows of one message, or nothing of it.
   *
   * @throws MalformedColumnsError, ColumnLengthError, TooManyStreamsError, ForbiddenUserError
   */
  add(message: Uint8Array, principal: Principal, receivedMs: number): GroupedRows {
    const { builder, activities } = this;
    const before = builder.rows;
    const firstRow = this.parser.rows;
    const refused: RejectedRow[] = [];
    let rejected = 0;
    try {
      this.parser.parse(message, {
        builder,
        activities,
        defaultArrivalMs: receivedMs,
        full: this.kept.length >= MAX_KEPT,
        reject: (row, code, reason, text, device) => {
          rejected++;
          if (refused.length < MAX_KEPT)
            refused.push({ row: row - firstRow, code, message: reason, text, device });
        },
      });
      this.requireOwn(principal, before, refused);
    } catch (error) {
      if (builder.rows > before) this.cutTo(before);
      throw error;
    }
    this.rejected += rejected;
    this.kept.push(...refused.slice(0, Math.max(0, MAX_KEPT - this.kept.length)));
    return {
      accepted: builder.rows - before,
      rejected,
      errors: refused
        .slice(0, MAX_ERRORS)
        .map(({ row, code, message: reason }) => ({ row, code, message: reason })),
    };
  }

  /** What has been added since the last time; the group is empty afterwards. */
  take(): TakenGroup {
    const { builder, rejected, kept } = this;
    this.kept = [];
    this.rejected = 0;
    return { batch: builder.take(), rejected, kept };
  }

  private requireOwn({ users }: Principal, from: number, refused: readonly RejectedRow[]): void {
    if (users.everybody) return;
    const { rows, stream, streams } = this.builder.view();
    for (let i = from; i < rows; i++) {
      const { user } = streams[stream[i]];
      if (!users.includes(user)) throw new ForbiddenUserError(user);
    }
    for (const { device } of refused) {
      if (device !== null && !users.includes(device.user)) throw new ForbiddenUserError(device.user);
    }
  }

  /** Leaves out the rows behind; rare, so the others may be copied. */
  private cutTo(rows: number): void {
    const batch = this.builder.take();
    this.builder = new SampleBatchBuilder(8192);
    for (let i = 0; i < rows; i++) this.builder.pushRow(batch, i);
  }
}
