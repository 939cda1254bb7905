import type { StateReader } from '../encoding/state-reader.js';
import type { StateWriter } from '../encoding/state-writer.js';

/** Samples that must agree on a leap in time before it is believed. */
export const LEAP_CONFIRMATIONS = 8;

/** A sample held back until others confirm or contradict its time. */
export interface HeldSample {
  readonly sensor: number;
  readonly ms: number;
  readonly subNs: number;
  readonly arrivalMs: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly label: number;
}

export type LeapVerdict = 'normal' | 'held' | 'confirmed';

/**
 * Keeps one bad timestamp from closing every window of a device. A sample that leaps further ahead of the newest
 * than `aheadMs`, more than the time that passed between their arrivals explains, is held. Eight such samples in
 * a row, each within `aheadMs` of the one before, confirm the leap (the recording went on after a pause) and are
 * released in order; a sample of the old pace contradicts it, and those held are given up as quarantined.
 */
export class LeapGuard {
  /** Samples given up. */
  quarantined = 0;
  private held: HeldSample[] = [];
  private newestArrivalMs = 0;

  constructor(private readonly aheadMs: number) {}

  get holding(): number {
    return this.held.length;
  }

  /** @param newestMs newest event time taken so far, negative before the first. */
  judge(newestMs: number, ms: number, arrivalMs: number): LeapVerdict {
    const explained = Math.max(0, arrivalMs - this.newestArrivalMs);
    if (newestMs < 0 || ms - newestMs <= this.aheadMs + explained) {
      if (ms >= newestMs) this.newestArrivalMs = arrivalMs;
      if (this.held.length > 0) this.giveUp();
      return 'normal';
    }
    const previous = this.held.at(-1);
    if (previous !== undefined && Math.abs(ms - previous.ms) > this.aheadMs) this.giveUp();
    return this.held.length + 1 >= LEAP_CONFIRMATIONS ? 'confirmed' : 'held';
  }

  /** Takes note of the last of some samples, each in its turn later than the one before and no leap. */
  pass(newestMs: number, ms: number, arrivalMs: number): void {
    if (ms >= newestMs) this.newestArrivalMs = arrivalMs;
  }

  hold(sample: HeldSample): void {
    this.held.push(sample);
  }

  /** The samples held, which a confirmation has vouched for; the sample that confirmed them is not among them. */
  release(arrivalMs: number): readonly HeldSample[] {
    const { held } = this;
    this.held = [];
    this.newestArrivalMs = arrivalMs;
    return held;
  }

  write(writer: StateWriter): void {
    writer.f64(this.quarantined);
    writer.f64(this.newestArrivalMs);
    writer.u32(this.held.length);
    for (const h of this.held) {
      for (const value of [h.sensor, h.ms, h.subNs, h.arrivalMs, h.x, h.y, h.z, h.label]) writer.f64(value);
    }
  }

  read(reader: StateReader): void {
    this.quarantined = reader.f64();
    this.newestArrivalMs = reader.f64();
    this.held = [];
    for (let left = reader.u32(); left > 0; left--) {
      const [sensor, ms, subNs, arrivalMs, x, y, z, label] = Array.from({ length: 8 }, () => reader.f64());
      this.held.push({ sensor, ms, subNs, arrivalMs, x, y, z, label });
    }
  }

  private giveUp(): void {
    this.quarantined += this.held.length;
    this.held = [];
  }
}
