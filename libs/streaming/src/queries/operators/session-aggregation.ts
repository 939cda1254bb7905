import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { RowRuns } from '../aggregates/row-runs.js';
import type { Bound } from '../expressions/bound.js';
import { compareRows } from '../rows/compare-values.js';
import { bigintOf, compareInt64 } from '../rows/int64.js';
import type { Int64Column } from '../rows/row-batch.js';
import type { Row } from '../rows/value.js';
import { codeKeys } from '../state/coded-keys.js';
import { GroupStore } from '../state/group-store.js';
import type { Frame } from './frame.js';
import type { GroupingStep } from './grouped-aggregation.js';
import type { StateOperatorProgress } from './state-operator.js';

export interface SessionStep {
  readonly time: Bound;
  readonly gapMs: number;
}

/** From the first row to the last one plus the gap, milliseconds and nanoseconds within. */
interface Session {
  /** What its group is stored under in place of a window's start. */
  readonly number: number;
  readonly keyId: number;
  readonly slot: number;
  startMs: number;
  startSubNs: number;
  endMs: number;
  endSubNs: number;
}

/**
 * `groupBy` with a session window: rows of a key that follow each other by no more than the gap are one group. A row
 * between two sessions makes them one. A session that the watermark has reached the end of takes nothing any more.
 */
export class SessionAggregation {
  private readonly store: GroupStore;
  private readonly open = new Map<number, Session[]>();
  private closed: Session[] = [];
  private nextNumber = 0;
  private readonly runs = new RowRuns();
  private dropped = 0;
  private progress: StateOperatorProgress;

  constructor(
    private readonly step: GroupingStep,
    private readonly session: SessionStep,
  ) {
    this.store = new GroupStore(step.aggregates.map(({ make }) => make()));
    this.progress = this.measured(0, 0);
  }

  take(frame: Frame): void {
    const { step } = this;
    const keys = codeKeys(
      step.keys.map((key) => key.evaluate(frame)),
      frame.length,
    );
    const inputs = step.aggregates.map(({ input }) => input?.evaluate(frame) ?? null);
    const { hi, lo } = this.session.time.evaluate(frame) as Int64Column;
    const watermarkMs = step.closes ? (frame.clock?.ms ?? null) : null;
    const watermarkSubNs = watermarkMs === null ? null : frame.clock!.subNs;
    const keyIds = new Int32Array(keys.size).fill(-1);
    const { runs } = this;
    runs.begin(frame.rows);
    const flush = () => {
      inputs.forEach((input, a) => this.store.add(a, input, runs));
      runs.begin(frame.rows);
    };
    for (let j = 0; j < frame.count; j++) {
      const i = frame.rows[j];
      if (Number.isNaN(hi[i])) continue;
      const nowMs = watermarkMs === null ? -Infinity : watermarkMs[i];
      const nowSubNs = watermarkSubNs === null ? 0 : watermarkSubNs[i];
      if (compareInt64(hi[i] + this.session.gapMs, lo[i], nowMs, nowSubNs) <= 0) {
        this.dropped++;
        continue;
      }
      const code = keys.codes[i];
      if (keyIds[code] < 0) keyIds[code] = this.store.keys.idOf(keys.key(code));
      const session = this.sessionAt(keyIds[code], hi[i], lo[i], nowMs, nowSubNs, flush);
      runs.addRow(j, session.slot);
    }
    flush();
    for (const id of keyIds) if (id >= 0) this.store.keys.drop(id);
  }

  trigger(watermarkMs: number, watermarkSubNs: number): Row[] {
    const changed = this.store.takeChanged().size;
    if (this.step.closes) {
      for (const keyId of [...this.open.keys()]) this.closeUpTo(keyId, watermarkMs, watermarkSubNs);
    }
    const results = this.step.mode === 'complete' ? [...this.open.values()].flat() : this.closed;
    const rows = this.rowsOf(results);
    for (const { number } of this.closed) this.store.removeWindow(number);
    this.progress = this.measured(changed, this.closed.length);
    this.closed = [];
    this.dropped = 0;
    return rows;
  }

  stateOperator(): StateOperatorProgress {
    return this.progress;
  }

  write(state: StateWriter): void {
    const sessions = [...this.closed, ...[...this.open.values()].flat()];
    state.f64(this.dropped).u32(this.closed.length).u32(sessions.length).f64(this.nextNumber);
    for (const { number, startMs, startSubNs, endMs, endSubNs } of sessions) {
      state.f64(number).f64(startMs).f64(startSubNs).f64(endMs).f64(endSubNs);
    }
    this.store.write(state);
  }

  read(state: StateReader): void {
    this.dropped = state.f64();
    const closed = state.u32();
    const count = state.u32();
    this.nextNumber = state.f64();
    const times = Array.from({ length: count }, () => ({
      number: state.f64(),
      startMs: state.f64(),
      startSubNs: state.f64(),
      endMs: state.f64(),
      endSubNs: state.f64(),
    }));
    this.store.read(state);
    const groups = new Map(this.store.groups().map((group) => [group.startMs, group]));
    times.forEach((time, i) => {
      const { slot, key } = groups.get(time.number)!;
      const session = { ...time, slot, keyId: this.store.keys.idOf(key) };
      if (i < closed) this.closed.push(session);
      else this.open.set(session.keyId, [...(this.open.get(session.keyId) ?? []), session]);
    });
  }

  /** The session that a row belongs to, widened by it; those that it joins become one, `flush`ed before. */
  private sessionAt(
    keyId: number,
    ms: number,
    subNs: number,
    watermarkMs: number,
    watermarkSubNs: number,
    flush: () => void,
  ): Session {
    this.closeUpTo(keyId, watermarkMs, watermarkSubNs);
    const endMs = ms + this.session.gapMs;
    const sessions = this.open.get(keyId) ?? [];
    // Both ends included, as Spark has it.
    const first = sessions.findIndex((s) => compareInt64(s.endMs, s.endSubNs, ms, subNs) >= 0);
    if (first < 0 || compareInt64(sessions[first].startMs, sessions[first].startSubNs, endMs, subNs) > 0) {
      const made = this.begin(keyId, ms, subNs, endMs);
      sessions.splice(first < 0 ? sessions.length : first, 0, made);
      this.open.set(keyId, sessions);
      return made;
    }
    const session = sessions[first];
    if (compareInt64(ms, subNs, session.startMs, session.startSubNs) < 0) {
      session.startMs = ms;
      session.startSubNs = subNs;
    }
    if (compareInt64(endMs, subNs, session.endMs, session.endSubNs) > 0) {
      session.endMs = endMs;
      session.endSubNs = subNs;
    }
    this.store.slotOf(session.number, keyId);
    while (first + 1 < sessions.length) {
      const next = sessions[first + 1];
      if (compareInt64(next.startMs, next.startSubNs, session.endMs, session.endSubNs) > 0) break;
      flush();
      this.join(session, next);
      sessions.splice(first + 1, 1);
    }
    return session;
  }

  private begin(keyId: number, ms: number, subNs: number, endMs: number): Session {
    const number = this.nextNumber++;
    const slot = this.store.slotOf(number, keyId);
    return { number, keyId, slot, startMs: ms, startSubNs: subNs, endMs, endSubNs: subNs };
  }

  private join(session: Session, next: Session): void {
    this.store.merge(session.slot, next.slot);
    this.store.removeWindow(next.number);
    session.endMs = next.endMs;
    session.endSubNs = next.endSubNs;
  }

  private closeUpTo(keyId: number, watermarkMs: number, watermarkSubNs: number): void {
    const sessions = this.open.get(keyId);
    if (sessions === undefined) return;
    // Sessions of a key are apart and in order, so those that end first stand first.
    while (
      sessions.length > 0 &&
      compareInt64(sessions[0].endMs, sessions[0].endSubNs, watermarkMs, watermarkSubNs) <= 0
    ) {
      this.closed.push(sessions.shift()!);
    }
    if (sessions.length === 0) this.open.delete(keyId);
  }

  private rowsOf(sessions: readonly Session[]): Row[] {
    return sessions
      .map((session) => ({ session, key: this.store.keys.key(session.keyId) }))
      .sort(
        (a, b) =>
          compareInt64(a.session.startMs, a.session.startSubNs, b.session.startMs, b.session.startSubNs) ||
          compareRows(a.key, b.key),
      )
      .map(({ session, key }) => [
        bigintOf(session.startMs, session.startSubNs),
        bigintOf(session.endMs, session.endSubNs),
        ...key,
        ...this.store.values(session.slot),
      ]);
  }

  private measured(updated: number, removed: number): StateOperatorProgress {
    return {
      operatorName: 'sessionWindowStateStoreSave',
      numRowsTotal: this.store.size,
      numRowsUpdated: updated,
      numRowsRemoved: removed,
      memoryUsedBytes: this.store.memoryUsedBytes + this.store.size * 120,
      numRowsDroppedByWatermark: this.dropped,
    };
  }
}
