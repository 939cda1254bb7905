import type { ColumnType } from '@hark/contracts';
import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import type { Column } from '../rows/row-batch.js';
import type { Value } from '../rows/value.js';
import type { RowRuns } from './row-runs.js';

/**
 * One aggregate function over many groups at once: group `g` has its accumulator at slot `g` of arrays. Rows are added
 * in the order of the stream, so a sum has the same bits however the stream was cut. There is no `remove`: streams only
 * grow and windows are groups of their own, so nothing is ever taken back; what sessions and cubes need is `merge`.
 */
export interface Aggregate {
  /** Type of the values. */
  readonly type: ColumnType;
  /** Makes room for slots below `capacity`. */
  reserve(capacity: number): void;
  /** Makes a slot that of a group without rows. */
  init(slot: number): void;
  /**
   * Adds rows of the column to their groups, run by run. Nulls are not aggregated.
   *
   * @param column null for a bare `count`.
   */
  add(column: Column | null, runs: RowRuns): void;
  /** Adds all that one group holds to another. The other stays as it is. */
  merge(into: number, from: number): void;
  /** Null for a group without values, save for counts, which are 0. Never NaN or infinite. */
  value(slot: number): Value;
  write(slot: number, state: StateWriter): void;
  read(slot: number, state: StateReader): void;
  /** An estimate of what the accumulators of so many groups take. */
  memoryUsedBytes(groups: number): number;
}

/** A longer array that begins with the values of one. */
export function grown(values: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  if (capacity <= values.length) return values;
  const longer = new Float64Array(capacity);
  longer.set(values);
  return longer;
}
