import type { Bound } from '../expressions/bound.js';
import { truthOf } from '../expressions/conditions.js';
import type { Frame } from './frame.js';

/** `where`: keeps the rows for which a condition is true, neither false nor null. */
export class Filter {
  private kept = new Int32Array(0);

  constructor(private readonly condition: Bound) {}

  /** @returns a frame whose rows are valid until the next call. */
  take(frame: Frame): Frame {
    const truth = truthOf(this.condition, frame);
    const { rows, count, length, clock } = frame;
    if (this.kept.length < count) this.kept = new Int32Array(count * 2);
    const { kept } = this;
    let left = 0;
    for (let j = 0; j < count; j++) {
      kept[left] = rows[j];
      left += truth[rows[j]] & 1;
    }
    return { length, clock, column: (index) => frame.column(index), rows: kept, count: left };
  }
}
