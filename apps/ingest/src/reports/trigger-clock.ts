import type { TriggerSpec } from '@hark/contracts';
import { durationMs } from '@hark/streaming/queries';

/**
 * When a report makes its next micro-batch. With a processing time it is made at multiples of it, those that were
 * missed being left out; without, whenever there is something to read; once, or until what stood in the log at the
 * start has been read.
 */
export class TriggerClock {
  private readonly periodMs: number | null;
  private dueMs = 0;
  private fired = false;

  constructor(private readonly trigger: TriggerSpec) {
    this.periodMs =
      trigger !== null && 'processingTime' in trigger
        ? Math.max(1, durationMs(trigger.processingTime, 'trigger.processingTime'))
        : null;
  }

  /** Whether nothing comes after the first trigger. */
  get isSingle(): boolean {
    return this.trigger !== null && ('once' in this.trigger || 'availableNow' in this.trigger);
  }

  /** Wall clock at which it is due; -Infinity = as soon as there is something, Infinity = not any more. */
  get dueAtMs(): number {
    if (this.isSingle) return this.fired ? Infinity : -Infinity;
    return this.periodMs === null ? -Infinity : this.dueMs;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.dueAtMs;
  }

  /** A trigger begins. */
  fire(nowMs: number): void {
    this.fired = true;
    this.wait(nowMs);
  }

  /** It has ended: what has been missed meanwhile is left out. */
  ended(nowMs: number): void {
    this.wait(nowMs);
  }

  private wait(nowMs: number): void {
    if (this.periodMs !== null) this.dueMs = (Math.floor(nowMs / this.periodMs) + 1) * this.periodMs;
  }
}
