import type { Int64Column } from '../rows/row-batch.js';
import type { CodedKeys } from '../state/coded-keys.js';
import { NO_GROUP, type GroupStore } from '../state/group-store.js';
import type { Frame } from './frame.js';
import { firstStart, lastStart, startsFrom, type SlidingWindows } from './windows.js';

/** Entries of all tables of one batch; with more, they begin anew. */
const MAX_TABLED = 1 << 20;

/** Windows that hold the same instants, and the slot of each of their groups by code, −1 where it is not known yet. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly starts: readonly number[];
  readonly tables: readonly Int32Array[];
}

/**
 * Finds the groups of a batch's rows. A group is looked up once a batch for each window and code; a row costs a
 * comparison with the window of the row before and an entry of a table.
 */
export class SlotFinder {
  /** Of the last call: rows, a row again for each window that holds it, and the slot of each. */
  rows: Int32Array = new Int32Array(0);
  slots = new Int32Array(0);
  count = 0;
  /** Where in {@link slots} each group occurs first. */
  firsts: number[] = [];
  /** Rows that were behind a window's end at the watermark, once for each window. */
  dropped = 0;

  private expanded = new Int32Array(0);
  private keyIds = new Int32Array(0);
  private readonly tables = new Map<number, Int32Array>();
  private readonly spans = new Map<number, Span>();
  private tabled = 0;

  constructor(private readonly store: GroupStore) {}

  /** Without windows: one group for each key. */
  find(frame: Frame, keys: CodedKeys): void {
    this.begin(keys);
    this.reserve(frame.count);
    const { rows, count } = frame;
    const { codes } = keys;
    const table = this.table(0, keys);
    const { slots } = this;
    for (let j = 0; j < count; j++) {
      const code = codes[rows[j]];
      const slot = table[code];
      slots[j] = slot < 0 ? this.resolve(0, table, code, keys, j) : slot;
    }
    this.end(rows, count);
  }

  /**
   * @param closes whether a window is closed once the watermark has reached its end: rows that come for it afterwards
   *   are dropped and counted. A row without a time belongs to no window.
   */
  findInWindows(
    frame: Frame,
    keys: CodedKeys,
    time: Int64Column,
    windows: SlidingWindows,
    closes: boolean,
  ): void {
    this.begin(keys);
    const { clock } = frame;
    const late =
      closes &&
      clock !== null &&
      clock.leastMs < Infinity &&
      firstStart(windows, clock.leastMs) + windows.sizeMs <= clock.endMs;
    if (!late && this.inOneSpan(frame, keys, time, windows)) return;
    if (late || windows.sizeMs > windows.slideMs) {
      this.general(frame, keys, time, windows, late ? clock.ms() : null);
    } else this.tumbling(frame, keys, time, windows);
  }

  /** A batch is short: as a rule the same windows hold all of its rows. @returns whether they do. */
  private inOneSpan(frame: Frame, keys: CodedKeys, time: Int64Column, windows: SlidingWindows): boolean {
    const { leastMs, greatestMs } = extentOf(time, frame.length);
    if (!(leastMs <= greatestMs)) return false;
    const { toMs, starts, tables } = this.spanOf(leastMs, windows, keys);
    if (greatestMs >= toMs || greatestMs >= starts[starts.length - 1] + windows.sizeMs) return false;
    const { rows, count } = frame;
    const { codes } = keys;
    this.reserve(count * starts.length);
    const { expanded, slots } = this;
    for (let w = 0, found = 0; w < starts.length; w++) {
      const table = tables[w];
      for (let j = 0; j < count; j++) {
        const i = rows[j];
        const slot = table[codes[i]];
        expanded[found] = i;
        slots[found] = slot < 0 ? this.resolve(starts[w], table, codes[i], keys, found) : slot;
        found++;
      }
    }
    this.end(expanded, count * starts.length);
    return true;
  }

  /** One window a row, none of them closed. */
  private tumbling(frame: Frame, keys: CodedKeys, time: Int64Column, windows: SlidingWindows): void {
    const { rows, count } = frame;
    const { codes } = keys;
    const { hi } = time;
    this.reserve(count);
    const { slots } = this;
    let span: Span = NOWHERE;
    let table = span.tables[0];
    let { fromMs, toMs } = span;
    for (let j = 0; j < count; j++) {
      const i = rows[j];
      const ms = hi[i];
      if (!(ms >= fromMs && ms < toMs)) {
        if (ms !== ms) {
          slots[j] = NO_GROUP;
          continue;
        }
        span = this.spanOf(ms, windows, keys);
        table = span.tables[0];
        ({ fromMs, toMs } = span);
      }
      const slot = table[codes[i]];
      slots[j] = slot < 0 ? this.resolve(span.starts[0], table, codes[i], keys, j) : slot;
    }
    this.end(rows, count);
  }

  private general(
    frame: Frame,
    keys: CodedKeys,
    time: Int64Column,
    windows: SlidingWindows,
    watermarkMs: Float64Array | null,
  ): void {
    const { rows, count } = frame;
    const { codes } = keys;
    const { hi } = time;
    const { sizeMs } = windows;
    this.reserve(count * Math.ceil(sizeMs / windows.slideMs));
    const { expanded: outRows, slots } = this;
    let span: Span = NOWHERE;
    let found = 0;
    for (let j = 0; j < count; j++) {
      const i = rows[j];
      const ms = hi[i];
      if (!(ms >= span.fromMs && ms < span.toMs)) {
        if (ms !== ms) continue;
        span = this.spanOf(ms, windows, keys);
      }
      const { starts, tables } = span;
      for (let w = 0; w < starts.length; w++) {
        const end = starts[w] + sizeMs;
        if (ms >= end) continue;
        if (watermarkMs !== null && end <= watermarkMs[i]) {
          this.dropped++;
          continue;
        }
        const slot = tables[w][codes[i]];
        outRows[found] = i;
        slots[found] = slot < 0 ? this.resolve(starts[w], tables[w], codes[i], keys, found) : slot;
        found++;
      }
    }
    this.end(outRows, found);
  }

  private begin(keys: CodedKeys): void {
    this.keyIds = new Int32Array(keys.size).fill(-1);
    this.forget();
    this.dropped = 0;
    this.firsts = [];
  }

  private end(rows: Int32Array, count: number): void {
    this.rows = rows;
    this.count = count;
    // Keys of rows that were all dropped.
    for (const id of this.keyIds) if (id >= 0) this.store.keys.drop(id);
  }

  private forget(): void {
    this.tables.clear();
    this.spans.clear();
    this.tabled = 0;
  }

  private reserve(count: number): void {
    if (this.slots.length >= count) return;
    this.expanded = new Int32Array(count * 2);
    this.slots = new Int32Array(count * 2);
  }

  private spanOf(ms: number, windows: SlidingWindows, keys: CodedKeys): Span {
    const fromMs = lastStart(windows, ms);
    let span = this.spans.get(fromMs);
    if (span === undefined) {
      if (this.tabled > MAX_TABLED) this.forget();
      const starts = startsFrom(windows, fromMs);
      const tables = starts.map((start) => this.table(start, keys));
      span = { fromMs, toMs: fromMs + windows.slideMs, starts, tables };
      this.spans.set(fromMs, span);
    }
    return span;
  }

  private table(startMs: number, keys: CodedKeys): Int32Array {
    let table = this.tables.get(startMs);
    if (table === undefined) {
      table = new Int32Array(keys.size).fill(-1);
      this.tables.set(startMs, table);
      this.tabled += keys.size;
    }
    return table;
  }

  private resolve(startMs: number, table: Int32Array, code: number, keys: CodedKeys, at: number): number {
    this.firsts.push(at);
    if (this.keyIds[code] < 0) this.keyIds[code] = this.store.keys.idOf(keys.key(code));
    const slot = this.store.slotOf(startMs, this.keyIds[code]);
    table[code] = slot;
    return slot;
  }
}

/** Queries that read one batch share what its times span. By column: arrays are used again for other batches. */
const EXTENTS = new WeakMap<Int64Column, Extent & { readonly length: number }>();

interface Extent {
  readonly leastMs: number;
  readonly greatestMs: number;
}

/** Both NaN when a row has no time. */
function extentOf(time: Int64Column, length: number): Extent {
  const known = EXTENTS.get(time);
  if (known?.length === length) return known;
  let leastMs = Infinity;
  let greatestMs = -Infinity;
  for (let i = 0; i < length; i++) {
    const ms = time.hi[i];
    if (ms < leastMs) leastMs = ms;
    if (ms > greatestMs) greatestMs = ms;
    if (ms !== ms) {
      leastMs = greatestMs = NaN;
      break;
    }
  }
  const extent = { length, leastMs, greatestMs };
  EXTENTS.set(time, extent);
  return extent;
}

const NOWHERE: Span = { fromMs: Infinity, toMs: -Infinity, starts: [], tables: [new Int32Array(0)] };
