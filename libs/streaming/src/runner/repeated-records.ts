import { CorruptLogError, type LogReader, type LogRecord } from '../log/log.js';
import { sameBytes } from './artifact-name.js';

/** A step executed again says something else than what stands of it: an artifact that it reads has changed since. */
export interface RepeatedDifference {
  readonly topic: string;
  readonly offset: number;
  readonly stored: Uint8Array;
  readonly computed: Uint8Array;
}

/** Bytes of stored records compared at a time. */
const READ_BYTES = 1 << 20;

/**
 * What the last steps of a runner say of one topic when they are executed again. Nobody else writes to the topic, so the
 * last of its records are what they said the first time.
 */
export class RepeatedRecords {
  private readonly values: Uint8Array[] = [];

  constructor(private readonly topic: string | null) {}

  readonly emit = (topic: string, _key: string, value: Uint8Array): void => {
    if (topic === this.topic) this.values.push(value);
  };

  /** @returns the first difference; null where there is none. What is stored and damaged is told of by whoever needs it. */
  async firstDifference(log: LogReader, partition: number): Promise<RepeatedDifference | null> {
    const { topic, values } = this;
    if (topic === null || values.length === 0) return null;
    const end = await log.end(topic, partition);
    const start = end - values.length;
    let next = Math.max(start, await log.earliest(topic, partition));
    while (next < end) {
      const records = await read(log, topic, partition, next);
      for (const { offset, value: stored } of records) {
        const computed = values[offset - start];
        if (!sameBytes(stored, computed)) return { topic, offset, stored, computed };
      }
      next += Math.max(1, records.length);
    }
    return null;
  }
}

async function read(
  log: LogReader,
  topic: string,
  partition: number,
  from: number,
): Promise<readonly LogRecord[]> {
  try {
    return await log.read(topic, partition, from, READ_BYTES);
  } catch (error) {
    if (error instanceof CorruptLogError) return [];
    throw error;
  }
}
