import type { StateReader, StateWriter } from '@hark/streaming';

/**
 * When a version is due in time, by the arrival of windows: a learner has no clock, and what it does must be the same
 * when done again.
 */
export class VersionTimes {
  /** Arrival of the window at which one was due last, milliseconds since 1970; 0 before the first. */
  private lastMs = 0;

  /** @param everyMs 0 = never. */
  constructor(private readonly everyMs = 0) {}

  isDue(receivedMs: number): boolean {
    if (this.everyMs === 0) return false;
    if (this.lastMs === 0) this.lastMs = receivedMs;
    if (receivedMs - this.lastMs < this.everyMs) return false;
    this.lastMs = receivedMs;
    return true;
  }

  write(state: StateWriter): void {
    state.f64(this.lastMs);
  }

  read(state: StateReader): void {
    this.lastMs = state.f64();
  }
}
