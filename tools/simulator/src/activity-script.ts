import { HHAR_ACTIVITIES } from '@hark/contracts';
import type { Activity } from './activity-patterns.js';
import { Random } from './random.js';

/** One activity as it is done this once: nobody walks twice alike. */
export interface Performance {
  readonly activity: Activity;
  /** Factors on the user's own cadence and amplitudes. */
  readonly cadence: number;
  readonly vigour: number;
  /** Added to the user's own posture, rad. */
  readonly leanRoll: number;
  readonly leanPitch: number;
}

/** A stretch of time in which a user does one thing, or goes over from one to the next. */
export interface Bout {
  /** Seconds since the start of the simulation; the end is excluded. */
  readonly start: number;
  readonly end: number;
  readonly from: Performance;
  readonly to: Performance;
  /** The `gt` of its rows: null while going over. */
  readonly label: Activity | null;
}

/**
 * What one user does, without end: the six activities in a random order, again and again, each followed by a
 * transition that is labelled null. All devices of a user follow the same script.
 */
export class ActivityScript {
  private readonly bouts: Bout[] = [];
  private readonly random: Random;
  private upcoming: Activity[] = [];

  constructor(
    seed: number,
    user: string,
    private readonly boutSeconds: number,
  ) {
    this.random = new Random(seed, `script ${user}`);
  }

  /** The `index`-th bout; bouts follow one another without gaps from second 0. */
  bout(index: number): Bout {
    while (this.bouts.length <= index) this.extend();
    return this.bouts[index];
  }

  private extend(): void {
    const last = this.bouts.at(-1);
    const start = last?.end ?? 0;
    if (last !== undefined && last.label !== null) {
      const length = Math.min(0.12 * this.boutSeconds, 6) * this.random.between(0.7, 1.3);
      const to = this.perform(this.next(last.label));
      this.bouts.push({ start, end: start + length, from: last.to, to, label: null });
    } else {
      const performance = last?.to ?? this.perform(this.next(null));
      const length = this.boutSeconds * this.random.between(0.7, 1.3);
      const label = performance.activity;
      this.bouts.push({ start, end: start + length, from: performance, to: performance, label });
    }
  }

  private perform(activity: Activity): Performance {
    const { random } = this;
    return {
      activity,
      cadence: random.between(0.9, 1.1),
      vigour: random.between(0.75, 1.3),
      leanRoll: random.between(-0.1, 0.1),
      leanPitch: random.between(-0.14, 0.14),
    };
  }

  private next(previous: Activity | null): Activity {
    if (this.upcoming.length === 0) {
      this.upcoming = this.random.shuffled(HHAR_ACTIVITIES);
      // Not the same twice running across two rounds.
      if (this.upcoming[0] === previous) this.upcoming.push(...this.upcoming.splice(0, 1));
    }
    return this.upcoming.shift() as Activity;
  }
}
