import { compareRows } from '../rows/compare-values.js';
import type { Row } from '../rows/value.js';
import type { Group } from '../state/group-store.js';

/** The groups that make one result of a cube or rollup. */
export interface GroupingResult {
  readonly startMs: number;
  /** Null where the grouping leaves the key out. */
  readonly key: Row;
  readonly grouping: number;
  readonly slots: readonly number[];
}

/** Every subset of the keys, as Spark's `cube`: bits of the keys left out, the first key the highest. */
export function cubeGroupings(keys: number): number[] {
  return Array.from({ length: 1 << keys }, (_, grouping) => grouping);
}

/** Every prefix of the keys, as Spark's `rollup`. */
export function rollupGroupings(keys: number): number[] {
  return Array.from({ length: keys + 1 }, (_, leftOut) => (1 << leftOut) - 1);
}

/**
 * A cube is aggregated by all of its keys once; the coarser results are put together from those groups, in the order
 * of their keys, whenever they are asked for.
 *
 * @param groups by start of window and key.
 * @param changed keeps to results in which one of these slots has a part.
 * @returns by start of window, key and grouping.
 */
export function groupingResults(
  groups: readonly Group[],
  groupings: readonly number[],
  changed?: ReadonlySet<number>,
): GroupingResult[] {
  const results: GroupingResult[] = [];
  for (const grouping of groupings) {
    const parts = new Map<string, GroupingResult & { readonly slots: number[] }>();
    for (const { startMs, key, slot } of groups) {
      const bits = key.length - 1;
      const kept = key.map((value, c) => ((grouping >> (bits - c)) & 1 ? null : value));
      const text = JSON.stringify([startMs, ...kept.map((value) => [typeof value, String(value)])]);
      let part = parts.get(text);
      if (part === undefined) parts.set(text, (part = { startMs, key: kept, grouping, slots: [] }));
      part.slots.push(slot);
    }
    for (const part of parts.values()) {
      if (changed === undefined || part.slots.some((slot) => changed.has(slot))) results.push(part);
    }
  }
  return results.sort(
    (a, b) => a.startMs - b.startMs || compareRows(a.key, b.key) || a.grouping - b.grouping,
  );
}
