import type { ByteRange } from './byte-source.js';
import type { Run, RunIndex } from './run-index.js';

/** The part of one file that a merge takes: all of it, or some runs of rows, in the file's order. */
export interface LanePlan {
  /** Index of the file. */
  readonly file: number;
  readonly runs: 'all' | readonly (ByteRange & { readonly firstRow: number; readonly rows: number })[];
}

/** Lanes merged by arrival time; groups follow one another. */
export type MergeGroup = readonly LanePlan[];

/**
 * How rows of several files become one sequence in which each window finds both sensors.
 *
 * - Files that share no device with another are read as they are, one after the other.
 * - Files sorted by user and device, as HHAR's are, are taken device by device: the rows of one device from all
 *   files merged by arrival time, devices in the order in which they first appear.
 * - Files in which devices take turns row by row, recorded live, are merged by arrival time over their whole length.
 *
 * The order of one device's rows within one file is always kept.
 *
 * @param indexes of each file, in the files' canonical order; null where a file can't be indexed.
 */
export function planMerge(indexes: readonly (RunIndex | null)[]): MergeGroup[] {
  const live: LanePlan[] = [];
  const groups: MergeGroup[] = [];
  for (const files of connected(indexes)) {
    if (files.length === 1 && !isLive(indexes[files[0]])) {
      groups.push([{ file: files[0], runs: 'all' }]);
    } else if (files.some((file) => isLive(indexes[file]))) {
      live.push(...files.map((file) => ({ file, runs: 'all' as const })));
    } else {
      groups.push(...byDevice(files, indexes));
    }
  }
  live.sort((a, b) => a.file - b.file);
  return live.length === 0 ? groups : [live, ...groups];
}

function isLive(index: RunIndex | null): boolean {
  return index === null || index.live;
}

/** Sets of files linked by devices in common, each ascending, in the order of their first file. */
function connected(indexes: readonly (RunIndex | null)[]): number[][] {
  const leader = indexes.map((_, file) => file);
  const find = (file: number): number => (leader[file] === file ? file : find(leader[file]));
  const firstOf = new Map<string, number>();
  indexes.forEach((index, file) => {
    for (const { key } of index?.runs ?? []) {
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, file);
      else {
        const [a, b] = [find(first), find(file)];
        leader[Math.max(a, b)] = Math.min(a, b);
      }
    }
  });
  const sets = new Map<number, number[]>();
  indexes.forEach((_, file) => {
    const set = sets.get(find(file));
    if (set === undefined) sets.set(find(file), [file]);
    else set.push(file);
  });
  return [...sets.values()];
}

function byDevice(files: readonly number[], indexes: readonly (RunIndex | null)[]): MergeGroup[] {
  const lanes = new Map<string, Map<number, Run[]>>();
  for (const file of files) {
    for (const run of indexes[file]?.runs ?? []) {
      let device = lanes.get(run.key);
      if (device === undefined) lanes.set(run.key, (device = new Map<number, Run[]>()));
      const list = device.get(file);
      if (list === undefined) device.set(file, [run]);
      else list.push(run);
    }
  }
  return [...lanes.values()].map((device) => [...device].map(([file, list]) => ({ file, runs: list })));
}
