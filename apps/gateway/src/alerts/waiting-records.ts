import { TOPICS, type WatchedApp } from '@hark/contracts';
import { countSteps, TrimmedError, type LogReader } from '@hark/streaming';
import { RunnerPosition } from '../live/runner-position.js';

/** What waits for an app. */
export interface Waiting {
  readonly records: number;
  /** When the oldest of them was stored, wall clock in ms; null where none waits. */
  readonly oldestMs: number | null;
}

const NOTHING: Waiting = { records: 0, oldestMs: null };

/** The records that wait for another app's runner, as the log tells. */
export class WaitingRecords {
  private readonly position: RunnerPosition;
  /** Where the topic ended at a look whose records have not all been taken yet. */
  private seen: { readonly end: number; readonly atMs: number } | null = null;
  /** What waits was stored after this; null = not known. */
  private afterMs: number | null = null;

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

  /**
   * @param roughlyMs the oldest may be told to be older than it is, as long as that comes to less than this long ago: it
   * need not be read then, which takes a log that is elsewhere long.
   */
  async look(nowMs: number, roughlyMs: number): Promise<Waiting> {
    const { log, topic } = this;
    const next = (await this.position.next()) ?? (await this.neverRan());
    const end = await log.end(topic, 0);
    if (next === null) return NOTHING;
    if (this.seen === null || next >= this.seen.end) {
      this.afterMs = this.seen?.atMs ?? null;
      this.seen = { end, atMs: nowMs };
    }
    if (next >= end) return NOTHING;
    const records = end - next;
    if (this.afterMs !== null && nowMs - this.afterMs < roughlyMs) return { records, oldestMs: this.afterMs };
    return { records, oldestMs: await this.storedMs(next) };
  }

  /** Null where the record has been trimmed meanwhile. */
  private async storedMs(offset: number): Promise<number | null> {
    try {
      const [record] = await this.log.read(this.topic, 0, offset, 1);
      return record?.timestamp ?? null;
    } catch (error) {
      if (error instanceof TrimmedError) return null;
      throw error;
    }
  }

  /** 0 where the runner has not taken a step at all, null where its position is not known. */
  private async neverRan(): Promise<0 | null> {
    return (await countSteps(this.log, this.app, this.runner)) === 0 ? 0 : null;
  }
}
