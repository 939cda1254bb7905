import type { Int64Column } from '../rows/row-batch.js';
import type { Frame } from './frame.js';

/** What the times of each stretch span, and of all of them; milliseconds rounded down. NaN where a row has no time. */
export interface TimeExtents {
  readonly leastMs: number;
  readonly greatestMs: number;
  readonly leastOf: Float64Array;
  readonly greatestOf: Float64Array;
}

/** Queries that read one batch share what its times span: by column and by where the stretches end. */
const KNOWN = new WeakMap<Int64Column, { readonly ends: Int32Array; readonly extents: TimeExtents }>();

/** @param ends of the stretches of the frame's rows. */
export function timeExtents(
  time: Int64Column,
  frame: Frame,
  ends: Int32Array,
  stretches: number,
): TimeExtents {
  const known = KNOWN.get(time);
  if (known?.ends === ends) return known.extents;
  const extents = extentsOf(time.hi, frame.rows, ends, stretches);
  KNOWN.set(time, { ends, extents });
  return extents;
}

function extentsOf(hi: Float64Array, rows: Int32Array, ends: Int32Array, stretches: number): TimeExtents {
  const leastOf = new Float64Array(stretches);
  const greatestOf = new Float64Array(stretches);
  let [leastMs, greatestMs] = [Infinity, -Infinity];
  for (let s = 0, j = 0; s < stretches; s++) {
    let [least, greatest] = [Infinity, -Infinity];
    for (const end = ends[s]; j < end; j++) {
      const ms = hi[rows[j]];
      // Once it is NaN it stays so.
      if (!(ms >= least)) least = least !== least ? least : ms;
      if (!(ms <= greatest)) greatest = greatest !== greatest ? greatest : ms;
    }
    leastOf[s] = least;
    greatestOf[s] = greatest;
    leastMs = Math.min(leastMs, least);
    greatestMs = Math.max(greatestMs, greatest);
  }
  return { leastMs, greatestMs, leastOf, greatestOf };
}
