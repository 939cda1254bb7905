import type { Bound } from '../expressions/bound.js';
import type { Column } from '../rows/row-batch.js';
import type { Frame } from './frame.js';

/** `select`: other columns, each evaluated when it is first asked for. */
export class Projection {
  constructor(private readonly columns: readonly Bound[]) {}

  take(frame: Frame): Frame {
    const made: Column[] = [];
    const { rows, count, length, clock } = frame;
    const column = (index: number) => (made[index] ??= this.columns[index].evaluate(frame));
    return { length, clock, rows, count, column, stretches: null };
  }
}
