import { TOPICS, decodeWindowRecord } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { ModelHistory } from './model-history.js';

/**
 * Which version answered the windows that ended at an event time, or null when none did yet. Versions change at log
 * positions, so this is exact for a device in step with the others; a device that runs behind them may have been
 * answered by a later version, as `modelVersion` of its predictions says.
 *
 * @param ms event time, milliseconds since 1970.
 */
export async function versionAt(history: ModelHistory, log: LogReader, ms: number): Promise<number | null> {
  let answered: number | null = null;
  for (const { version, logPosition } of [...history.timeline]) {
    // The windows where it began to answer were trimmed: they are older than any that is kept.
    if (logPosition >= (await log.earliest(TOPICS.windows, 0))) {
      const end = await endOfWindow(log, logPosition);
      if (end === null || end > ms) break;
    }
    answered = version;
  }
  return answered;
}

/** Event time of the end of the window at this place, or null where there is none. */
async function endOfWindow(log: LogReader, offset: number): Promise<number | null> {
  const [record] = await log.read(TOPICS.windows, 0, offset, 1);
  if (record === undefined) return null;
  try {
    const { startMs, sizeMs } = decodeWindowRecord(record.value);
    return startMs + sizeMs;
  } catch {
    return null;
  }
}
