import type { Column, Columns } from '../rows/row-batch.js';
import type { Stretches } from '../rows/stretches.js';
import type { BatchClock } from './batch-clock.js';

/** What one operator hands to the next: columns, and which of their rows are still in, in the order of the stream. */
export interface Frame extends Columns {
  /** The first `count` are the rows that are in; ascending unless a join has repeated some. */
  readonly rows: Int32Array;
  readonly count: number;
  /** The watermark at each row; null in a query without one. */
  readonly clock: BatchClock | null;
  /** How the rows that are in are cut; null where nobody knows. */
  readonly stretches: Stretches | null;
}

let identity = new Int32Array(0);

/** 0, 1, 2 …: every row. Shared, never written to. */
export function allRows(length: number): Int32Array {
  if (identity.length < length) identity = Int32Array.from({ length: length * 2 }, (_, i) => i);
  return identity;
}

/** Columns of which some are made from the others, each when it is first asked for. */
export class ExtendedColumns implements Columns {
  private readonly made: (Column | undefined)[] = [];

  /** @param extra makes column `first + k` for k of its length. */
  constructor(
    readonly base: Columns,
    private readonly first: number,
    private readonly extra: (index: number) => Column,
  ) {}

  get length(): number {
    return this.base.length;
  }

  column(index: number): Column {
    if (index < this.first) return this.base.column(index);
    return (this.made[index] ??= this.extra(index - this.first));
  }
}

/**
 * The rows of some stretches; the others are empty from then on.
 * @param kept takes the rows of the stretches that are kept; as long as the frame's at least.
 */
export function keepStretches(
  frame: Frame,
  stretches: Stretches,
  isKept: (stretch: number) => boolean,
  kept: Int32Array,
): Frame {
  const { rows } = frame;
  const ends = new Int32Array(stretches.count);
  let left = 0;
  for (let s = 0, from = 0; s < stretches.count; from = stretches.ends[s++]) {
    if (isKept(s)) for (let j = from; j < stretches.ends[s]; j++) kept[left++] = rows[j];
    ends[s] = left;
  }
  return withRows(frame, kept, left, { ...stretches, ends });
}

/** The same columns, and other rows of them. */
export function withRows(frame: Frame, rows: Int32Array, count: number, stretches: Stretches | null): Frame {
  const { length, clock } = frame;
  return { length, clock, column: (index) => frame.column(index), rows, count, stretches };
}
