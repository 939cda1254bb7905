import { TOPICS, type WatchedApp } from '@hark/contracts';
import { countSteps, type LogReader } from '@hark/streaming';
import { RunnerPosition } from '../live/runner-position.js';

/** What waits for an app. */
export interface Waiting {
  readonly records: number;
  /** When the oldest of them was stored, wall clock in ms; null where none waits. */
  readonly oldestMs: number | null;
}

/** The records that wait for another app's runner, as the log tells. */
export class WaitingRecords {
  private readonly position: RunnerPosition;

  private constructor(
    private readonly log: LogReader,
    readonly app: WatchedApp,
    private readonly runner: string,
    private readonly topic: string,
  ) {
    this.position = new RunnerPosition(log, app, runner, topic);
  }

  static of(log: LogReader): readonly WaitingRecords[] {
    return [
      new WaitingRecords(log, 'ingest', 'windower', TOPICS.samples),
      new WaitingRecords(log, 'learner', 'learner', TOPICS.windows),
    ];
  }

  async look(): Promise<Waiting> {
    const { log, topic } = this;
    const next = (await this.position.next()) ?? (await this.neverRan());
    const end = await log.end(topic, 0);
    if (next === null || next >= end) return { records: 0, oldestMs: null };
    return { records: end - next, oldestMs: log.lookUp(topic, 0, next)?.timestamp ?? null };
  }

  /** 0 where the runner has not taken a step at all, null where its position is not known. */
  private async neverRan(): Promise<0 | null> {
    return (await countSteps(this.log, this.app, this.runner)) === 0 ? 0 : null;
  }
}
