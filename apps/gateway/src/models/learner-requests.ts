import { TOPICS, problem, type Command } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import { LogFullError, type LogWriter } from '@hark/streaming';

/** Appends commands. What came from outside is on disk before anybody is told that it stands. */
export class CommandLog {
  constructor(private readonly writer: LogWriter) {}

  /**
   * @returns the command's offset in `commands`.
   * @throws ProblemError 503 when the disk is full; nothing stands then.
   */
  async append(command: Command): Promise<number> {
    const value = new TextEncoder().encode(JSON.stringify(command));
    try {
      const { firstOffsets } = await this.writer.commit({
        appends: [{ topic: TOPICS.commands, partition: 0, records: [{ key: '', value }] }],
      });
      await this.writer.durable();
      return firstOffsets[0];
    } catch (error) {
      if (!(error instanceof LogFullError)) throw error;
      throw new ProblemError(
        problem(503, error.code, 'Disk full', 'The command could not be stored; nothing has changed.'),
        { 'retry-after': '10' },
      );
    }
  }
}
