import { FencedError, type Commit, type CommitResult, type LogWriter, type RunnerState } from '../log.js';

/**
 * The writer of an app of which several processes run, one of them at a time writing: refuses everything until it is
 * this process's turn. A turn ends with the process: whoever is fenced stops.
 */
export class TurnWriter implements LogWriter {
  private writer: LogWriter | null = null;

  constructor(private readonly app: string) {}

  /** From now on it is this process's turn. @param writer has been opened for it; the caller closes it. */
  begin(writer: LogWriter): void {
    this.writer = writer;
  }

  /** @throws FencedError before its turn, as behind it. */
  async commit(commit: Commit): Promise<CommitResult> {
    return this.own().commit(commit);
  }

  async durable(): Promise<void> {
    return this.own().durable();
  }

  isFenced(): boolean {
    return this.writer?.isFenced?.() ?? false;
  }

  async runnerState(runner: string): Promise<RunnerState> {
    return this.own().runnerState(runner);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private own(): LogWriter {
    if (this.writer === null) throw new FencedError(this.app);
    return this.writer;
  }
}
