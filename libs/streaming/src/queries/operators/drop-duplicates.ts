import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import type { Bound } from '../expressions/bound.js';
import type { Int64Column } from '../rows/row-batch.js';
import { InstantSet } from '../state/instant-set.js';
import { KeyTable } from '../state/key-table.js';
import { readRow, writeRow } from '../state/values.js';
import { codedStretches, type CodedStretches } from './coded-stretches.js';
import { withRows, type Frame } from './frame.js';
import type { StateOperatorProgress } from './state-operator.js';

export interface DuplicatesStep {
  /** What must be equal, `instant` aside. */
  readonly keys: readonly Bound[];
  /** A timestamp that must be equal too. */
  readonly instant: Bound | null;
  /** The column that the watermark runs on; null in a query without a watermark. */
  readonly time: Bound | null;
  /** Whether the two are one: then the watermark bounds what has to be remembered. */
  readonly forgets: boolean;
  readonly delayMs: number;
}

/** Slices that are kept to be used again: a batch may cover several. */
const MAX_SPARE = 8;
/** An hour, for what is remembered for ever. */
const UNBOUNDED_SLICE_MS = 3_600_000;

/**
 * `dropDuplicates`: the first row of a key passes. Rows behind the watermark, or without an event time, are dropped
 * and counted. A key is remembered until the watermark has passed it; without the event time in the key, for ever.
 */
export class DropDuplicates {
  private readonly keys = new KeyTable();
  /** By start of slice. */
  private readonly slices = new Map<number, InstantSet>();
  private readonly sliceMs: number;
  /** Emptied, to be used again: so room is not made anew for each slice. */
  private readonly spare: InstantSet[] = [];
  private late = 0;
  private duplicates = 0;
  private added = 0;
  private removed = 0;
  private out = new Int32Array(0);
  private progress: StateOperatorProgress;

  constructor(private readonly step: DuplicatesStep) {
    this.sliceMs = step.forgets
      ? Math.min(Math.max(1000, step.delayMs), InstantSet.MAX_SPAN_MS)
      : UNBOUNDED_SLICE_MS;
    this.progress = this.measured();
  }

  take(frame: Frame): Frame {
    const { step } = this;
    if (this.out.length < frame.count) this.out = new Int32Array(frame.count * 2);
    const keys = codedStretches(frame, step.keys);
    const keyIds = new Int32Array(keys.size).fill(-1);
    const passed = new Int32Array(keys.count);
    const count = this.pass(frame, keys, keyIds, passed);
    for (const id of keyIds) if (id >= 0) this.keys.drop(id);
    if (frame.clock !== null) this.forget(frame.clock.endMs);
    const { stretches } = frame;
    // Those of the keys are not the frame's where the keys are not steady.
    const cut = keys.ends === stretches?.ends ? { ...stretches, ends: passed } : null;
    return withRows(frame, this.out, count, cut);
  }

  private pass(frame: Frame, keys: CodedStretches, keyIds: Int32Array, ends: Int32Array): number {
    const { rows, clock } = frame;
    const { step, out } = this;
    const time = clock === null ? null : (step.time!.evaluate(frame) as Int64Column);
    const watermarkMs = clock?.ms ?? NO_MS;
    const watermarkSubNs = clock?.subNs ?? NO_SUB_NS;
    const instant = (step.instant?.evaluate(frame) as Int64Column | undefined) ?? null;
    const added = new Int32Array(keys.size);
    const { sliceMs } = this;
    let startMs = NaN;
    let slice = NOWHERE;
    let passed = 0;
    let late = 0;
    let duplicates = 0;
    for (let s = 0, j = 0; s < keys.count; s++) {
      const code = keys.codes[s];
      const before = passed;
      let id = keyIds[code];
      for (const end = keys.ends[s]; j < end; j++) {
        const i = rows[j];
        if (time !== null) {
          const ms = time.hi[i];
          if (!(ms > watermarkMs[i]) && !(ms === watermarkMs[i] && time.lo[i] >= watermarkSubNs[i])) {
            late++;
            continue;
          }
        }
        // Without an instant in the key every row is of the same one; so are those where it is null.
        let ms = 0;
        let subNs = -1;
        if (instant !== null && instant.hi[i] === instant.hi[i]) {
          ms = instant.hi[i];
          subNs = instant.lo[i];
        }
        if (id < 0) id = keyIds[code] = this.keys.idOf(keys.key(code));
        if (!(ms >= startMs && ms < startMs + sliceMs)) {
          startMs = Math.floor(ms / sliceMs) * sliceMs;
          slice = this.slice(startMs);
        }
        if (slice.add(id, ms - startMs, subNs)) out[passed++] = i;
        else duplicates++;
      }
      added[code] += passed - before;
      ends[s] = passed;
    }
    for (let code = 0; code < added.length; code++) {
      if (added[code] > 0) this.keys.retain(keyIds[code], added[code]);
    }
    this.added += passed;
    this.late += late;
    this.duplicates += duplicates;
    return passed;
  }

  endBatch(): void {
    this.progress = this.measured();
    this.late = this.duplicates = this.added = this.removed = 0;
  }

  stateOperator(): StateOperatorProgress {
    return this.progress;
  }

  write(state: StateWriter): void {
    state.f64(this.late).f64(this.duplicates).f64(this.added).f64(this.removed);
    const ids = new Map<number, number>();
    const slices = [...this.slices].sort(([a], [b]) => a - b);
    for (const [, slice] of slices) slice.keyIds().forEach((id) => ids.has(id) || ids.set(id, ids.size));
    state.u32(ids.size);
    for (const id of ids.keys()) writeRow(this.keys.key(id), state);
    state.u32(slices.length);
    for (const [startMs, slice] of slices) {
      state.f64(startMs);
      slice.write(state, (id) => ids.get(id)!);
    }
  }

  read(state: StateReader): void {
    this.late = state.f64();
    this.duplicates = state.f64();
    this.added = state.f64();
    this.removed = state.f64();
    const ids = Array.from({ length: state.u32() }, () => this.keys.idOf(readRow(state)));
    for (let left = state.u32(); left > 0; left--) {
      const startMs = state.f64();
      const slice = InstantSet.read(state, (number) => ids[number]);
      for (const id of slice.keyIds()) this.keys.retain(id);
      this.slices.set(startMs, slice);
    }
  }

  private slice(startMs: number): InstantSet {
    let slice = this.slices.get(startMs);
    if (slice === undefined) this.slices.set(startMs, (slice = this.spare.pop() ?? new InstantSet()));
    return slice;
  }

  /** Whole slices that are behind the watermark: whatever is in them would be late. */
  private forget(watermarkMs: number): void {
    if (!this.step.forgets) return;
    for (const [startMs, slice] of this.slices) {
      if (startMs + this.sliceMs > watermarkMs) continue;
      this.slices.delete(startMs);
      this.removed += slice.size;
      this.release(slice.keyIds());
      slice.clear();
      if (this.spare.length < MAX_SPARE) this.spare.push(slice);
    }
  }

  /** Neighbours are of one key as a rule. */
  private release(ids: Int32Array): void {
    for (let from = 0, to = 0; from < ids.length; from = to) {
      while (to < ids.length && ids[to] === ids[from]) to++;
      this.keys.release(ids[from], to - from);
    }
  }

  private measured(): StateOperatorProgress {
    let rows = 0;
    let bytes = this.keys.memoryUsedBytes;
    for (const slice of this.slices.values()) {
      rows += slice.size;
      bytes += slice.memoryUsedBytes;
    }
    return {
      operatorName: 'dedupe',
      numRowsTotal: rows,
      numRowsUpdated: this.added,
      numRowsRemoved: this.removed,
      memoryUsedBytes: bytes,
      numRowsDroppedByWatermark: this.late,
      numDroppedDuplicateRows: this.duplicates,
    };
  }
}

const NOWHERE = new InstantSet();
const NO_MS = new Float64Array(0);
const NO_SUB_NS = new Int32Array(0);
