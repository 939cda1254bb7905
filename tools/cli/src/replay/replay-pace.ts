import type { ReplaySpeed } from '@hark/contracts';

/** The wall clock, in milliseconds from anywhere. */
export interface PaceClock {
  now(): number;
  /** Ends early when the replay is to stop. */
  sleep(ms: number): Promise<void>;
}

/** Timers overflow beyond 2^31 ms; whoever wakes looks again anyway. */
const LONGEST_SLEEP_MS = 60_000;

/** Lets played time pass at a multiple of real time, from the first piece on. */
export class ReplayPace {
  private first = NaN;
  private began = NaN;

  constructor(
    private readonly clock: PaceClock,
    private readonly speed: ReplaySpeed,
    private readonly stopped: () => boolean,
  ) {}

  /** Resolves when a piece that ends at this played time is due, or when the replay is to stop. */
  async due(playedMs: number): Promise<void> {
    if (Number.isNaN(this.first)) {
      this.first = playedMs;
      this.began = this.clock.now();
    }
    if (this.speed === 'max') return;
    const dueAt = this.began + (playedMs - this.first) / this.speed;
    for (;;) {
      const wait = dueAt - this.clock.now();
      if (!(wait > 0) || this.stopped()) return;
      await this.clock.sleep(Math.min(wait, LONGEST_SLEEP_MS));
    }
  }

  /** Played time for each unit of wall time since the first piece; null before there is any. */
  effectiveSpeed(playedMs: number): number | null {
    const took = this.clock.now() - this.began;
    return took > 0 ? (playedMs - this.first) / took : null;
  }
}
