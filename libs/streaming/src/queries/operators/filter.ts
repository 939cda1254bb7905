import type { Bound } from '../expressions/bound.js';
import { truthOf } from '../expressions/conditions.js';
import { areSteady } from '../rows/stretches.js';
import { keepStretches, withRows, type Frame } from './frame.js';

/** `where`: keeps the rows for which a condition is true, neither false nor null. */
export class Filter {
  private kept = new Int32Array(0);

  constructor(private readonly condition: Bound) {}

  /** @returns a frame whose rows are valid until the next call. */
  take(frame: Frame): Frame {
    const { condition } = this;
    const { stretches } = frame;
    if (this.kept.length < frame.count) this.kept = new Int32Array(frame.count * 2);
    if (areSteady(condition.uses, stretches)) {
      const truth = truthOf(condition, stretches.heads);
      return keepStretches(frame, stretches, (s) => truth[s] === 1, this.kept);
    }
    return this.keepRows(frame, truthOf(condition, frame));
  }

  private keepRows(frame: Frame, truth: Uint8Array): Frame {
    const { kept } = this;
    const { rows, stretches } = frame;
    const cuts = stretches?.count ?? 1;
    const ends = new Int32Array(cuts);
    let left = 0;
    for (let s = 0, j = 0; s < cuts; s++) {
      for (const end = stretches?.ends[s] ?? frame.count; j < end; j++) {
        kept[left] = rows[j];
        left += truth[rows[j]] & 1;
      }
      ends[s] = left;
    }
    return withRows(frame, kept, left, stretches && { ...stretches, ends });
  }
}
