import { TrimmedError, type LogReader, type LogRecord } from './log.js';

/**
 * Reads partition 0 of a topic from an offset on, or from the first record that is kept where that is later: for
 * readers to which what is gone does not matter any more.
 */
export async function readKept(
  log: Pick<LogReader, 'read' | 'earliest'>,
  topic: string,
  from: number,
  maxBytes: number,
): Promise<{ readonly start: number; readonly records: readonly LogRecord[] }> {
  for (;;) {
    const start = Math.max(from, await log.earliest(topic, 0));
    try {
      return { start, records: await log.read(topic, 0, start, maxBytes) };
    } catch (error) {
      // Trimmed in between.
      if (!(error instanceof TrimmedError)) throw error;
    }
  }
}
