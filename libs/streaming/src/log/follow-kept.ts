import type { LogReader, LogRecord } from './log.js';
import { readKept } from './read-kept.js';

const READ_BYTES = 1 << 20;

/**
 * The records of partition 0 of a topic from an offset on, those that stand and then those that come, some at a time, until
 * `signal` is aborted. What is trimmed is passed over, as by {@link readKept}.
 */
export async function* followKept(
  log: Pick<LogReader, 'read' | 'earliest' | 'changed'>,
  topic: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<readonly LogRecord[]> {
  let position = from;
  const read = async () => (await readKept(log, topic, position, READ_BYTES)).records;
  while (!signal.aborted) {
    let records = await read();
    if (records.length === 0) {
      const changed = log.changed(signal);
      // Once more, so that no commit falls in between.
      records = await read();
      if (records.length === 0) await changed;
    }
    if (records.length === 0) continue;
    position = records[records.length - 1].offset + 1;
    yield records;
  }
}
