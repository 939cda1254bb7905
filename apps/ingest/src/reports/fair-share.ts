import type { RunnerOptions } from '@hark/streaming';

/** While others are busy, a rest is so many times as long as the work before it: reports get an eighth of the time. */
const REST = 7;
/** Longest rest, so that a slow step does not hold up all reports. */
const LONGEST_MS = 500;
/** Others are busy when they used more of a rest than this. */
const BUSY = 0.5;

/**
 * Lets reports take the time that ingest does not need: after each piece of work there is a rest, short where nobody
 * used the last one, long where the event loop was busy meanwhile. What reports find does not depend on it.
 */
export class FairShare {
  private isBusy = false;

  /** @param utilization share of the time since the last call in which the event loop was busy, 0 to 1. */
  constructor(
    private readonly sleep: RunnerOptions['sleep'],
    private readonly utilization: () => number,
  ) {}

  async rest(workedMs: number, signal: AbortSignal): Promise<void> {
    const ms = this.isBusy ? Math.min(LONGEST_MS, REST * workedMs) : 0;
    this.utilization();
    await this.sleep(Math.max(1, ms), signal);
    this.isBusy = this.utilization() > BUSY;
  }
}
