import type { RateSource as RateSpec } from '@hark/contracts';
import type { RateStretch } from '@hark/streaming/queries';
import type { OutsidePiece, OutsideSource } from './outside-source.js';

/** Of one record; what it stands for is made when a report reads it. */
const MOST_ROWS = 100_000;

export interface RateState {
  readonly startMs: number;
  /** The next value. */
  readonly next: number;
}

/** So many rows a second since its first trigger; those of a time in which nothing ran come afterwards. */
export class RateSource implements OutsideSource {
  private startMs: number | null;
  private next_: number;
  private until = 0;

  /** @param state null = it begins. */
  constructor(
    private readonly spec: RateSpec['rate'],
    private readonly now: () => number,
    state: RateState | null,
  ) {
    this.startMs = state?.startMs ?? null;
    this.next_ = state?.next ?? 0;
  }

  begin(): Promise<void> {
    const nowMs = this.now();
    this.startMs ??= nowMs;
    this.until = Math.floor(((nowMs - this.startMs) * this.spec.rowsPerSecond) / 1000);
    return Promise.resolve();
  }

  next(): Promise<OutsidePiece | null> {
    const { rowsPerSecond } = this.spec;
    const [startMs, from] = [this.startMs, this.next_];
    if (startMs === null || from >= this.until) return Promise.resolve(null);
    const to = Math.min(this.until, from + MOST_ROWS);
    this.next_ = to;
    const stretch: RateStretch = { startMs, rowsPerSecond, from, to };
    const state: RateState = { startMs, next: to };
    return Promise.resolve({ value: new TextEncoder().encode(JSON.stringify(stretch)), state });
  }
}
