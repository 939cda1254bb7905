import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';
import { bigintOf, compareInt64 } from '../rows/int64.js';
import type { Int64Column } from '../rows/row-batch.js';
import type { BatchClock } from './batch-clock.js';

/** Event times of a micro-batch. Nanoseconds; null where no row had one. */
export interface EventTimes {
  readonly min: bigint | null;
  readonly max: bigint | null;
  readonly avg: bigint | null;
}

/**
 * The greatest event time so far less the allowed delay. It moves with every row, not once a micro-batch: so what
 * counts as late is told by the order of the rows alone. A row without an event time moves nothing.
 */
export class Watermark {
  private greatestMs = -Infinity;
  private greatestSubNs = 0;
  private readonly batch = new EventTimeSummary();
  private readonly clock = new ClockArrays();

  constructor(private readonly delayMs: number) {}

  /** The watermark, milliseconds and nanoseconds within; −Infinity before the first row. */
  get ms(): number {
    return this.greatestMs - this.delayMs;
  }

  get subNs(): number {
    return this.greatestSubNs;
  }

  get nanoseconds(): bigint | null {
    return this.greatestMs === -Infinity ? null : bigintOf(this.ms, this.subNs);
  }

  /** @returns a clock that is valid until the next call. */
  advance(time: Int64Column, length: number): BatchClock {
    const { hi, lo } = time;
    const { delayMs, batch } = this;
    const firstMs = batch.firstMs(hi, length);
    this.clock.reserve(length);
    const { ms: clockMs, subNs: clockSubNs } = this.clock;
    let greatestMs = this.greatestMs;
    let greatestSubNs = this.greatestSubNs;
    let sum = 0;
    let rows = 0;
    let least = -1;
    let leastMs = Infinity;
    let last = -1;
    let lastMs = -Infinity;
    for (let i = 0; i < length; i++) {
      const ms = hi[i];
      if (ms === ms) {
        sum += ms - firstMs;
        rows++;
        if (ms <= leastMs && (ms < leastMs || lo[i] < lo[least])) {
          leastMs = ms;
          least = i;
        }
        if (ms >= lastMs && (ms > lastMs || lo[i] > lo[last])) {
          lastMs = ms;
          last = i;
          if (ms >= greatestMs && (ms > greatestMs || lo[i] > greatestSubNs)) {
            greatestMs = ms;
            greatestSubNs = lo[i];
          }
        }
      }
      clockMs[i] = greatestMs - delayMs;
      clockSubNs[i] = greatestSubNs;
    }
    this.greatestMs = greatestMs;
    this.greatestSubNs = greatestSubNs;
    if (rows > 0) batch.take(rows, sum, leastMs, lo[least], lastMs, lo[last]);
    return { leastMs, endMs: this.ms, endSubNs: greatestSubNs, ms: clockMs, subNs: clockSubNs };
  }

  /** Event times since the last call. */
  takeEventTimes(): EventTimes {
    return this.batch.finish();
  }

  write(state: StateWriter): void {
    state.f64(this.greatestMs).f64(this.greatestSubNs);
  }

  read(state: StateReader): void {
    this.greatestMs = state.f64();
    this.greatestSubNs = state.f64();
  }
}

interface Instant {
  readonly ms: number;
  readonly subNs: number;
}

/** The watermark at each row, in arrays that one batch after the other uses. */
class ClockArrays {
  ms = new Float64Array(0);
  subNs = new Int32Array(0);

  reserve(length: number): void {
    if (this.ms.length >= length) return;
    this.ms = new Float64Array(length * 2);
    this.subNs = new Int32Array(length * 2);
  }
}

/** For the progress alone. */
class EventTimeSummary {
  private rows = 0;
  private first = 0;
  private sumFromFirstMs = 0;
  private min: Instant = { ms: Infinity, subNs: 0 };
  private max: Instant = { ms: -Infinity, subNs: 0 };

  /** Of the micro-batch: what the others are summed from, so that the sum stays exact. */
  firstMs(hi: Float64Array, length: number): number {
    if (this.rows > 0) return this.first;
    for (let i = 0; i < length; i++) if (hi[i] === hi[i]) return (this.first = hi[i]);
    return 0;
  }

  take(
    rows: number,
    sumFromFirstMs: number,
    leastMs: number,
    leastSubNs: number,
    greatestMs: number,
    greatestSubNs: number,
  ): void {
    this.rows += rows;
    this.sumFromFirstMs += sumFromFirstMs;
    if (compareInt64(leastMs, leastSubNs, this.min.ms, this.min.subNs) < 0) {
      this.min = { ms: leastMs, subNs: leastSubNs };
    }
    if (compareInt64(greatestMs, greatestSubNs, this.max.ms, this.max.subNs) > 0) {
      this.max = { ms: greatestMs, subNs: greatestSubNs };
    }
  }

  finish(): EventTimes {
    const { rows, first, sumFromFirstMs, min, max } = this;
    this.rows = 0;
    this.sumFromFirstMs = 0;
    this.min = { ms: Infinity, subNs: 0 };
    this.max = { ms: -Infinity, subNs: 0 };
    if (rows === 0) return { min: null, max: null, avg: null };
    return {
      min: bigintOf(min.ms, min.subNs),
      max: bigintOf(max.ms, max.subNs),
      avg: bigintOf(first + Math.round(sumFromFirstMs / rows), 0),
    };
  }
}
