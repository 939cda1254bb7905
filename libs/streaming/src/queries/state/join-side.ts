import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { compareInt64 } from '../rows/int64.js';
import type { Row } from '../rows/value.js';
import type { KeyTable } from './key-table.js';
import { readRow, writeRow } from './values.js';

/** A row that waits for partners. */
export interface JoinRow {
  readonly ms: number;
  readonly subNs: number;
  /** Counts the rows of both sides. */
  readonly sequence: number;
  readonly keyId: number;
  readonly cells: Row;
  /** Whether it has gone out, with a partner or without. */
  answered: boolean;
}

interface Bound {
  readonly ms: number;
  readonly subNs: number;
}

/** Rows of one stream by key, those of a key by event time. */
export class JoinSide {
  private readonly byKey = new Map<number, JoinRow[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(row: JoinRow): void {
    let rows = this.byKey.get(row.keyId);
    if (rows === undefined) this.byKey.set(row.keyId, (rows = []));
    const at = firstAfter(rows, row.ms, row.subNs);
    if (at === rows.length) rows.push(row);
    else rows.splice(at, 0, row);
    this.count++;
  }

  /** Rows of a key from one instant to another, both included, by event time. */
  within(keyId: number, from: Bound, to: Bound): JoinRow[] {
    const rows = this.byKey.get(keyId);
    if (rows === undefined) return [];
    return rows.slice(firstAt(rows, from.ms, from.subNs), firstAfter(rows, to.ms, to.subNs));
  }

  /** @returns the key of each row that has gone. */
  removeBefore(ms: number, subNs: number): number[] {
    const gone: number[] = [];
    for (const [keyId, rows] of this.byKey) {
      const kept = firstAt(rows, ms, subNs);
      if (kept === 0) continue;
      for (let i = 0; i < kept; i++) gone.push(keyId);
      if (kept === rows.length) this.byKey.delete(keyId);
      else rows.splice(0, kept);
    }
    this.count -= gone.length;
    return gone;
  }

  rows(): JoinRow[] {
    return [...this.byKey.values()].flat();
  }

  write(state: StateWriter, keys: KeyTable): void {
    state.u32(this.byKey.size);
    for (const [keyId, rows] of this.byKey) {
      writeRow(keys.key(keyId), state);
      state.u32(rows.length);
      for (const { ms, subNs, sequence, answered, cells } of rows) {
        state.f64(ms).f64(subNs).f64(sequence).bool(answered);
        writeRow(cells, state);
      }
    }
  }

  read(state: StateReader, keys: KeyTable): void {
    for (let left = state.u32(); left > 0; left--) {
      const keyId = keys.idOf(readRow(state));
      const rows = Array.from({ length: state.u32() }, () => ({
        ms: state.f64(),
        subNs: state.f64(),
        sequence: state.f64(),
        answered: state.bool(),
        cells: readRow(state),
        keyId,
      }));
      keys.retain(keyId, rows.length);
      this.byKey.set(keyId, rows);
      this.count += rows.length;
    }
  }
}

function firstAt(rows: readonly JoinRow[], ms: number, subNs: number): number {
  return search(rows, (row) => compareInt64(row.ms, row.subNs, ms, subNs) >= 0);
}

function firstAfter(rows: readonly JoinRow[], ms: number, subNs: number): number {
  return search(rows, (row) => compareInt64(row.ms, row.subNs, ms, subNs) > 0);
}

/** Index of the first row that is past, where those that are past come last. */
function search(rows: readonly JoinRow[], isPast: (row: JoinRow) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(rows[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
