import type { OutputMode } from '@hark/contracts';
import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import type { Aggregate } from '../aggregates/aggregate.js';
import type { RowRuns } from '../aggregates/row-runs.js';
import type { Bound } from '../expressions/bound.js';
import { bigintOf } from '../rows/int64.js';
import type { Int64Column } from '../rows/row-batch.js';
import { areSteady, type Stretches } from '../rows/stretches.js';
import type { Row, Value } from '../rows/value.js';
import { GroupStore, type Group } from '../state/group-store.js';
import { groupingResults } from './grouping-sets.js';
import { codedStretches } from './coded-stretches.js';
import type { Frame } from './frame.js';
import { SlotFinder } from './slot-finder.js';
import type { StateOperatorProgress } from './state-operator.js';
import type { SlidingWindows } from './windows.js';

export interface AggregateStep {
  readonly make: () => Aggregate;
  /** Null for a bare `count`. */
  readonly input: Bound | null;
  /** Whether a value that comes again changes nothing: `min` and `max`. */
  readonly isIdempotent: boolean;
}

export interface GroupingStep {
  readonly keys: readonly Bound[];
  /** For each grouping the keys that it leaves out, as bits, the first key the highest; null = one grouping by all. */
  readonly groupings: readonly number[] | null;
  readonly aggregates: readonly AggregateStep[];
  readonly mode: OutputMode;
  /** Whether the watermark closes windows: it runs on their time, and the mode lets results go. */
  readonly closes: boolean;
}

export interface WindowStep {
  readonly time: Bound;
  readonly windows: SlidingWindows;
}

/**
 * `groupBy`, with windows or without. A result is a row: start and end of the window where there are windows, the
 * keys, the grouping's number where there are several, the aggregates; sorted by all of these in their order.
 */
export class GroupedAggregation {
  private readonly store: GroupStore;
  private readonly finder: SlotFinder;
  private dropped = 0;
  private progress: StateOperatorProgress;

  constructor(
    private readonly step: GroupingStep,
    private readonly window: WindowStep | null,
  ) {
    this.store = new GroupStore(step.aggregates.map(({ make }) => make()));
    this.finder = new SlotFinder(this.store);
    this.progress = this.measured(0, 0);
  }

  take(frame: Frame): void {
    if (frame.count === 0) return;
    const { step, window, finder } = this;
    const keys = codedStretches(frame, step.keys);
    if (window === null) finder.find(frame, keys);
    else {
      const time = window.time.evaluate(frame) as Int64Column;
      finder.findInWindows(frame, keys, time, window.windows, step.closes);
      this.dropped += finder.dropped;
    }
    this.add(frame, keys.ends === frame.stretches?.ends ? frame.stretches : null);
  }

  /** @param stretches that the runs were cut from: what is steady in them need be looked at once. */
  private add(frame: Frame, stretches: Stretches | null): void {
    const { runs } = this.finder;
    let heads: RowRuns | null = null;
    this.step.aggregates.forEach(({ input, isIdempotent }, a) => {
      if (input !== null && isIdempotent && areSteady(input.uses, stretches)) {
        this.store.add(a, input.evaluate(stretches.heads), (heads ??= runs.heads()));
      } else this.store.add(a, input?.evaluate(frame) ?? null, runs);
    });
  }

  /**
   * Ends a micro-batch.
   * @param watermarkMs whole milliseconds; −Infinity where there is none yet.
   */
  trigger(watermarkMs: number): Row[] {
    const changed = this.store.takeChanged();
    const closed = this.closedBy(watermarkMs);
    const results = this.results(changed, closed);
    let removed = 0;
    for (const startMs of closed) removed += this.store.removeWindow(startMs);
    this.progress = this.measured(changed.size, removed);
    this.dropped = 0;
    return results;
  }

  stateOperator(): StateOperatorProgress {
    return this.progress;
  }

  write(state: StateWriter): void {
    state.f64(this.dropped);
    this.store.write(state);
  }

  read(state: StateReader): void {
    this.dropped = state.f64();
    this.store.read(state);
  }

  private closedBy(watermarkMs: number): number[] {
    if (this.window === null || !this.step.closes) return [];
    const { sizeMs } = this.window.windows;
    return this.store.windowStarts().filter((startMs) => startMs + sizeMs <= watermarkMs);
  }

  private results(changed: ReadonlySet<number>, closed: readonly number[]): Row[] {
    const { store } = this;
    switch (this.step.mode) {
      case 'append':
        return this.rowsOf(store.groups(closed));
      case 'complete':
        return this.rowsOf(store.groups());
      case 'update': {
        if (changed.size === 0) return [];
        const groups = store.groupsAt(changed);
        if (this.step.groupings === null) return this.rowsOf(groups);
        return this.rowsOf(store.groups(new Set(groups.map(({ startMs }) => startMs))), changed);
      }
    }
  }

  /** @param changed of a cube, keeps to results in which one of these slots has a part. */
  private rowsOf(groups: readonly Group[], changed?: ReadonlySet<number>): Row[] {
    const { groupings } = this.step;
    if (groupings === null) {
      return groups.map(({ startMs, key, slot }) => this.row(startMs, key, this.store.values(slot)));
    }
    return groupingResults(groups, groupings, changed).map(({ startMs, key, grouping, slots }) =>
      this.row(startMs, [...key, grouping], this.store.valuesTogether(slots)),
    );
  }

  private row(startMs: number, key: Row, values: Row): Value[] {
    if (this.window === null) return [...key, ...values];
    const end = startMs + this.window.windows.sizeMs;
    return [bigintOf(startMs, 0), bigintOf(end, 0), ...key, ...values];
  }

  private measured(updated: number, removed: number): StateOperatorProgress {
    return {
      operatorName: 'stateStoreSave',
      numRowsTotal: this.store.size,
      numRowsUpdated: updated,
      numRowsRemoved: removed,
      memoryUsedBytes: this.store.memoryUsedBytes,
      numRowsDroppedByWatermark: this.dropped,
    };
  }
}
