import { TOPICS } from '@hark/contracts';
import {
  LogFullError,
  decodeJsonState,
  encodeJsonState,
  type LogWriter,
  type RunnerOptions,
} from '@hark/streaming';
import type { OutsideSource } from './outside-source.js';

const VERSION = 1;
const RETRY_MS = 1000;

/** What the states of the sources begin with in the log. */
export const SOURCE_STATE = 'report-source:';

/**
 * Puts what a report reads from outside into the log, so that the report is a function of the log like any other: each
 * piece together with what the source knows after it. So a crash at any instant loses and doubles nothing.
 */
export class RecordedSource {
  private constructor(
    /** Of its records, and with {@link SOURCE_STATE} of its state. */
    private readonly name: string,
    private readonly source: OutsideSource,
    private readonly writer: LogWriter,
    private readonly sleep: RunnerOptions['sleep'],
  ) {}

  /**
   * @param make the source, with the state that stands; null = none does.
   * @throws StateFormatError when the state is of another version.
   */
  static async open(
    name: string,
    make: (state: object | null) => OutsideSource,
    writer: LogWriter,
    sleep: RunnerOptions['sleep'],
  ): Promise<RecordedSource> {
    const { snapshot } = await writer.runnerState(SOURCE_STATE + name);
    const state =
      snapshot === null ? null : decodeJsonState(snapshot.state, 'the source of a report', VERSION);
    return new RecordedSource(name, make(state), writer, sleep);
  }

  get isReady(): boolean {
    return this.source.isReady ?? true;
  }

  get waitsFor(): string | null {
    return this.source.waitsFor ?? null;
  }

  /** A trigger begins. */
  begin(): Promise<void> {
    return this.source.begin();
  }

  /** Records the next piece, as soon as there is room. @returns false where the trigger has all, or `signal` is aborted. */
  async record(signal: AbortSignal): Promise<boolean> {
    const piece = await this.source.next();
    if (piece === null) return false;
    const records = [{ key: this.name, value: piece.value }];
    const commit = {
      appends: [{ topic: TOPICS.reportSources, partition: 0, records }],
      step: { runner: SOURCE_STATE + this.name, inputs: [] },
      snapshot: encodeJsonState(VERSION, piece.state),
    };
    while (!signal.aborted) {
      try {
        await this.writer.commit(commit);
        return true;
      } catch (error) {
        if (!(error instanceof LogFullError)) throw error;
        await this.sleep(RETRY_MS, signal);
      }
    }
    return false;
  }
}
