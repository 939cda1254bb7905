import type { ActivityEnd, ActivityRule } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

/** Windows further apart than this, or than the rule's tolerance where that is longer, have a gap between them. */
const LONGEST_GAP_MS = 10_000;

/** A window as a rule sees it; event time in milliseconds. */
export interface SeenWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** Whether it shows the rule's activity. */
  readonly shows: boolean;
}

/** An episode has begun or ended. Event time in milliseconds. */
export interface ActivityStage {
  readonly stage: 'started' | 'ended';
  readonly reason: ActivityEnd | null;
  /** Of the rule's episodes, the how manyth. */
  readonly episode: number;
  readonly sinceMs: number;
  /** End of the last window that showed the activity. */
  readonly untilMs: number;
  /** When it was noticed. */
  readonly atMs: number;
}

/**
 * One rule on one device: a run of the activity begins with the first window that shows it, outlives interruptions up
 * to the rule's tolerance, and is an episode once it has lasted for long enough.
 */
export class ActivityWatch {
  private running = false;
  /** Number of the episode under way; 0 = none. */
  private episode = 0;
  private sinceMs = 0;
  private untilMs = 0;
  /** End of the last window of any kind. */
  private seenMs = 0;

  /**
   * Takes the device's next window. A window that ends no later than the one before is passed over.
   *
   * @param nextEpisode gives the number of a new episode.
   */
  take(
    { forSeconds, toleranceSeconds }: ActivityRule,
    { startMs, endMs, shows }: SeenWindow,
    nextEpisode: () => number,
  ): ActivityStage[] {
    if (endMs <= this.seenMs) return [];
    const toleranceMs = 1000 * toleranceSeconds;
    const stages: ActivityStage[] = [];
    if (startMs - this.seenMs > Math.max(LONGEST_GAP_MS, toleranceMs)) stages.push(...this.end('gap', endMs));
    this.seenMs = endMs;
    if (!shows) {
      if (this.running && endMs - this.untilMs > toleranceMs) stages.push(...this.end('left', endMs));
      return stages;
    }
    if (!this.running) {
      this.running = true;
      this.sinceMs = startMs;
    }
    this.untilMs = endMs;
    if (this.episode === 0 && this.untilMs - this.sinceMs >= 1000 * forSeconds) {
      this.episode = nextEpisode();
      stages.push(this.stage('started', null, endMs));
    }
    return stages;
  }

  /** Ends the run. @returns the end of the episode, where there was one. */
  end(reason: ActivityEnd, atMs = this.untilMs): ActivityStage[] {
    const stages = this.episode === 0 ? [] : [this.stage('ended', reason, atMs)];
    this.running = false;
    this.episode = 0;
    return stages;
  }

  write(state: StateWriter): void {
    state.bool(this.running).f64(this.episode).f64(this.sinceMs).f64(this.untilMs).f64(this.seenMs);
  }

  static read(state: StateReader): ActivityWatch {
    const watch = new ActivityWatch();
    watch.running = state.bool();
    watch.episode = state.f64();
    watch.sinceMs = state.f64();
    watch.untilMs = state.f64();
    watch.seenMs = state.f64();
    return watch;
  }

  private stage(stage: ActivityStage['stage'], reason: ActivityEnd | null, atMs: number): ActivityStage {
    const { episode, sinceMs, untilMs } = this;
    return { stage, reason, episode, sinceMs, untilMs, atMs };
  }
}
