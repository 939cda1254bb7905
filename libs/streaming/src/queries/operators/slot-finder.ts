import { RowRuns } from '../aggregates/row-runs.js';
import type { Int64Column } from '../rows/row-batch.js';
import type { GroupStore } from '../state/group-store.js';
import type { CodedStretches } from './coded-stretches.js';
import type { Frame } from './frame.js';
import { timeExtents } from './time-extents.js';
import { firstStart, spanAt, type SlidingWindows, type WindowSpan } from './windows.js';

/** Entries of all tables of one batch; with more, they begin anew. */
const MAX_TABLED = 1 << 20;

/** The windows that hold some instants, and the slot of each of their groups by code, −1 where it is not known yet. */
interface Span extends WindowSpan {
  readonly tables: readonly Int32Array[];
}

/**
 * Finds the groups of a batch's rows. A group is looked up once a batch for each window and key. As a rule the same
 * windows hold a whole stretch of rows with one key: then it costs an entry of a table; otherwise each row costs a
 * comparison with the windows of the row before.
 */
export class SlotFinder {
  /** Of the last call. */
  readonly runs = new RowRuns();
  /** Rows that were behind a window's end at the watermark, once for each window. */
  dropped = 0;

  private keyIds = new Int32Array(0);
  private readonly tables = new Map<number, Int32Array>();
  private readonly spans = new Map<number, Span>();
  private tabled = 0;

  constructor(private readonly store: GroupStore) {}

  /** Without windows: one group for each key. */
  find(frame: Frame, keys: CodedStretches): void {
    this.begin(frame, keys);
    const span = { ...ALWAYS, tables: [this.table(0, keys)] };
    for (let s = 0, from = 0; s < keys.count; from = keys.ends[s++]) {
      this.take(from, keys.ends[s], s, keys, span, 1);
    }
    this.end();
  }

  /**
   * @param closes whether a window is closed once the watermark has reached its end: rows that come for it afterwards
   *   are dropped and counted. A row without a time belongs to no window.
   */
  findInWindows(
    frame: Frame,
    keys: CodedStretches,
    time: Int64Column,
    windows: SlidingWindows,
    closes: boolean,
  ): void {
    this.begin(frame, keys);
    const { clock } = frame;
    const isLate =
      closes &&
      clock !== null &&
      clock.leastMs < Infinity &&
      firstStart(windows, clock.leastMs) + windows.sizeMs <= clock.endMs;
    if (isLate) this.takeRows(frame, keys, 0, keys.count, time, windows, clock.ms);
    else this.takeStretches(frame, keys, time, windows);
    this.end();
  }

  private takeStretches(
    frame: Frame,
    keys: CodedStretches,
    time: Int64Column,
    windows: SlidingWindows,
  ): void {
    const { ends, count } = keys;
    const { leastOf, greatestOf } = timeExtents(time, frame, ends, count);
    let span: Span = NOWHERE;
    for (let s = 0, from = 0; s < count; from = ends[s++]) {
      const least = leastOf[s];
      if (from === ends[s]) continue;
      if (!(least >= span.fromMs && least < span.toMs)) {
        span = least === least ? this.spanOf(least, windows, keys) : NOWHERE;
      }
      if (greatestOf[s] < span.toMs) this.take(from, ends[s], s, keys, span, span.starts.length);
      else this.takeRows(frame, keys, s, s + 1, time, windows, null);
    }
  }

  /** Cuts stretches wherever the windows that hold the rows, or those that are closed, change. */
  private takeRows(
    { rows }: Frame,
    keys: CodedStretches,
    first: number,
    last: number,
    { hi }: Int64Column,
    windows: SlidingWindows,
    watermarkMs: Float64Array | null,
  ): void {
    const { sizeMs } = windows;
    let span: Span = NOWHERE;
    let begin = first === 0 ? 0 : keys.ends[first - 1];
    for (let s = first; s < last; s++) {
      const end = keys.ends[s];
      /** Windows of the span that are open at the watermark; they come first. */
      let open = 0;
      /** When the next of them is closed; what it was in the last stretch says nothing. */
      let closesMs = -Infinity;
      for (let j = begin; j < end; j++) {
        const i = rows[j];
        const ms = hi[i];
        const nowMs = watermarkMs === null ? -Infinity : watermarkMs[i];
        const isIn = ms >= span.fromMs && ms < span.toMs;
        if (isIn && nowMs < closesMs) continue;
        this.take(begin, j, s, keys, span, open);
        begin = j;
        if (!isIn) span = ms === ms ? this.spanOf(ms, windows, keys) : NOWHERE;
        open = span.starts.length;
        while (open > 0 && span.starts[open - 1] + sizeMs <= nowMs) open--;
        closesMs = open > 0 ? span.starts[open - 1] + sizeMs : Infinity;
      }
      this.take(begin, end, s, keys, span, open);
      begin = end;
    }
  }

  /** Rows of one stretch and span, for those of its windows that are open. */
  private take(
    begin: number,
    end: number,
    stretch: number,
    keys: CodedStretches,
    { starts, tables }: Span,
    open: number,
  ): void {
    if (begin === end) return;
    const code = keys.codes[stretch];
    for (let w = 0; w < open; w++) {
      const slot = tables[w][code];
      const group = slot < 0 ? this.resolve(starts[w], tables[w], code, keys) : slot;
      this.runs.add(begin, end, group, stretch);
    }
    this.dropped += (end - begin) * (starts.length - open);
  }

  private begin({ rows }: Frame, keys: CodedStretches): void {
    this.keyIds = new Int32Array(keys.size).fill(-1);
    this.forget();
    this.dropped = 0;
    this.runs.begin(rows);
  }

  private end(): void {
    // Keys of rows that were all dropped.
    for (const id of this.keyIds) if (id >= 0) this.store.keys.drop(id);
  }

  private forget(): void {
    this.tables.clear();
    this.spans.clear();
    this.tabled = 0;
  }

  private spanOf(ms: number, windows: SlidingWindows, keys: CodedStretches): Span {
    const { fromMs, toMs, starts } = spanAt(windows, ms);
    let span = this.spans.get(fromMs);
    if (span === undefined) {
      if (this.tabled > MAX_TABLED) this.forget();
      span = { fromMs, toMs, starts, tables: starts.map((start) => this.table(start, keys)) };
      this.spans.set(fromMs, span);
    }
    return span;
  }

  private table(startMs: number, keys: CodedStretches): Int32Array {
    let table = this.tables.get(startMs);
    if (table === undefined) {
      table = new Int32Array(keys.size).fill(-1);
      this.tables.set(startMs, table);
      this.tabled += keys.size;
    }
    return table;
  }

  private resolve(startMs: number, table: Int32Array, code: number, keys: CodedStretches): number {
    if (this.keyIds[code] < 0) this.keyIds[code] = this.store.keys.idOf(keys.key(code));
    return (table[code] = this.store.slotOf(startMs, this.keyIds[code]));
  }
}

const NOWHERE: Span = { fromMs: Infinity, toMs: -Infinity, starts: [], tables: [] };
const ALWAYS: WindowSpan = { fromMs: -Infinity, toMs: Infinity, starts: [0] };
