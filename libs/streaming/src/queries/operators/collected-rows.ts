import { cellOf } from '../rows/cells.js';
import type { Row } from '../rows/value.js';
import type { Frame } from './frame.js';

/** Rows that go out as they are, kept as columns until somebody asks for them. */
export class CollectedRows {
  private frames: Frame[] = [];
  private total = 0;

  constructor(private readonly columns: number) {}

  get count(): number {
    return this.total;
  }

  take(frame: Frame): void {
    if (frame.count === 0) return;
    // An operator may use its array of rows again.
    this.frames.push({
      length: frame.length,
      clock: null,
      stretches: null,
      column: (index) => frame.column(index),
      rows: frame.rows.slice(0, frame.count),
      count: frame.count,
    });
    this.total += frame.count;
  }

  /** What was collected; this begins anew. */
  drain(): CollectedRows {
    const drained = new CollectedRows(this.columns);
    drained.frames = this.frames;
    drained.total = this.total;
    this.frames = [];
    this.total = 0;
    return drained;
  }

  /** The last `n` rows. */
  tail(n: number): Row[] {
    const chunks: Row[][] = [];
    let left = n;
    for (let f = this.frames.length - 1; f >= 0 && left > 0; f--) {
      const chunk = this.rowsOf(this.frames[f], left);
      left -= chunk.length;
      chunks.push(chunk);
    }
    return chunks.reverse().flat();
  }

  private rowsOf(frame: Frame, atMost: number): Row[] {
    const columns = Array.from({ length: this.columns }, (_, c) => frame.column(c));
    const first = Math.max(0, frame.count - atMost);
    return Array.from({ length: frame.count - first }, (_, j) =>
      columns.map((column) => cellOf(column, frame.rows[first + j])),
    );
  }
}
