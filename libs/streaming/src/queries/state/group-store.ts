import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import type { Aggregate } from '../aggregates/aggregate.js';
import type { RowRuns } from '../aggregates/row-runs.js';
import type { Column } from '../rows/row-batch.js';
import { compareRows } from '../rows/compare-values.js';
import type { Row } from '../rows/value.js';
import { KeyTable } from './key-table.js';
import { readRow, writeRow } from './values.js';

/** Where groups are merged for a moment. */
const SCRATCH = 0;
const FIRST = 1;

/** A group: its key within its window. */
export interface Group {
  readonly slot: number;
  /** Start of the window, milliseconds; 0 where there are no windows. */
  readonly startMs: number;
  readonly key: Row;
}

/** The groups of an aggregation: which slot of the aggregates each has, and which have changed. */
export class GroupStore {
  readonly keys = new KeyTable();
  private readonly windows = new Map<number, Map<number, number>>();
  private readonly startOf: number[] = [];
  private readonly keyOf: number[] = [];
  private readonly free: number[] = [];
  private capacity = 64;
  private next = FIRST;
  /** Slots that had rows since the last {@link takeChanged}. */
  private changed = new Set<number>();

  constructor(private readonly aggregates: readonly Aggregate[]) {
    for (const aggregate of aggregates) {
      aggregate.reserve(this.capacity);
      aggregate.init(SCRATCH);
    }
  }

  get size(): number {
    return this.next - FIRST - this.free.length;
  }

  /** The slot of a group, made when it is new; the group counts as changed. */
  slotOf(startMs: number, keyId: number): number {
    let window = this.windows.get(startMs);
    if (window === undefined) this.windows.set(startMs, (window = new Map()));
    let slot = window.get(keyId);
    if (slot === undefined) {
      slot = this.allocate(startMs, keyId);
      window.set(keyId, slot);
    }
    this.changed.add(slot);
    return slot;
  }

  /** Has an aggregate, by its number, take rows of a column. */
  add(aggregate: number, column: Column | null, runs: RowRuns): void {
    this.aggregates[aggregate].add(column, runs);
  }

  merge(into: number, from: number): void {
    for (const aggregate of this.aggregates) aggregate.merge(into, from);
  }

  /** Results of a group. */
  values(slot: number): Row {
    return this.aggregates.map((aggregate) => aggregate.value(slot));
  }

  /** Results of several groups as if they were one. */
  valuesTogether(slots: readonly number[]): Row {
    if (slots.length === 1) return this.values(slots[0]);
    for (const aggregate of this.aggregates) aggregate.init(SCRATCH);
    for (const slot of slots) this.merge(SCRATCH, slot);
    return this.values(SCRATCH);
  }

  windowStarts(): number[] {
    return [...this.windows.keys()];
  }

  /** Groups of some windows, or of all, by start of window and key. */
  groups(startsMs: Iterable<number> = this.windows.keys()): Group[] {
    const groups: Group[] = [];
    for (const startMs of startsMs) {
      for (const [keyId, slot] of this.windows.get(startMs) ?? []) {
        groups.push({ slot, startMs, key: this.keys.key(keyId) });
      }
    }
    return groups.sort(inOrder);
  }

  /** Groups at some slots, by start of window and key. */
  groupsAt(slots: Iterable<number>): Group[] {
    const groups: Group[] = [];
    for (const slot of slots) {
      groups.push({ slot, startMs: this.startOf[slot], key: this.keys.key(this.keyOf[slot]) });
    }
    return groups.sort(inOrder);
  }

  /** Slots changed since the last call. */
  takeChanged(): ReadonlySet<number> {
    const { changed } = this;
    this.changed = new Set();
    return changed;
  }

  /** @returns how many groups the window had. */
  removeWindow(startMs: number): number {
    const window = this.windows.get(startMs);
    if (window === undefined) return 0;
    this.windows.delete(startMs);
    for (const slot of window.values()) this.release(slot);
    return window.size;
  }

  write(state: StateWriter): void {
    const groups = this.groups();
    state.u32(groups.length);
    for (const { startMs, key, slot } of groups) {
      state.f64(startMs).bool(this.changed.has(slot));
      writeRow(key, state);
      for (const aggregate of this.aggregates) aggregate.write(slot, state);
    }
  }

  /** Into a store without groups. */
  read(state: StateReader): void {
    for (let left = state.u32(); left > 0; left--) {
      const startMs = state.f64();
      const changed = state.bool();
      const slot = this.slotOf(startMs, this.keys.idOf(readRow(state)));
      if (!changed) this.changed.delete(slot);
      for (const aggregate of this.aggregates) aggregate.read(slot, state);
    }
  }

  /** An estimate: entries of maps and arrays, keys, accumulators. */
  get memoryUsedBytes(): number {
    const accumulators = this.aggregates.reduce(
      (sum, aggregate) => sum + aggregate.memoryUsedBytes(this.capacity),
      0,
    );
    return this.windows.size * 250 + this.size * 60 + this.keys.memoryUsedBytes + accumulators;
  }

  private allocate(startMs: number, keyId: number): number {
    const slot = this.free.pop() ?? this.next++;
    if (slot >= this.capacity) {
      this.capacity *= 2;
      for (const aggregate of this.aggregates) aggregate.reserve(this.capacity);
    }
    for (const aggregate of this.aggregates) aggregate.init(slot);
    this.startOf[slot] = startMs;
    this.keyOf[slot] = keyId;
    this.keys.retain(keyId);
    return slot;
  }

  private release(slot: number): void {
    for (const aggregate of this.aggregates) aggregate.init(slot);
    this.keys.release(this.keyOf[slot]);
    this.changed.delete(slot);
    this.free.push(slot);
  }
}

function inOrder(a: Group, b: Group): number {
  return a.startMs - b.startMs || compareRows(a.key, b.key);
}
