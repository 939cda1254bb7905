import { readKept, type LogReader } from '@hark/streaming';
import type { ChannelEntry } from '../channel.js';
import { predictionOf, timed, type Derivation, type KeptMessage } from './derivation.js';

/** Records that a block covers. */
export const BLOCK_RECORDS = 4096;

/** Bytes of predictions taken at a time before others get their turn. */
const SLICE_BYTES = 65_536;

/** The derived messages of a stretch of the log: made once, then kept for whoever reads there. */
export class Block {
  readonly entries: ChannelEntry[] = [];
  /** First offset that has not been taken. */
  to: number;
  /** First offset that is not this block's. */
  readonly limit: number;
  /** Characters of the payloads. */
  size = 0;
  private busy: Promise<unknown> = Promise.resolve();

  /** @param growing the derivation before the record at `start`; null once it has been handed on. */
  constructor(
    readonly start: number,
    public growing: Derivation | null,
  ) {
    this.to = start;
    this.limit = start + BLOCK_RECORDS;
  }

  covers(offset: number): boolean {
    return offset >= this.start && offset < this.limit;
  }

  /**
   * Takes a slice of what comes next; one call after another.
   * @returns false when there is nothing yet.
   */
  grow(log: LogReader, topic: string): Promise<boolean> {
    const { to } = this;
    // Whoever called before may have taken all that there is.
    const grown = this.busy.then(() => this.to > to || this.take(log, topic));
    this.busy = grown.catch(() => undefined);
    return grown;
  }

  private async take(log: LogReader, topic: string): Promise<boolean> {
    if (this.growing === null || this.to >= this.limit) return true;
    const { records } = await readKept(log, topic, this.to, SLICE_BYTES);
    if (records.length === 0) return false;
    for (const record of records) {
      // The log may have been trimmed since.
      if (record.offset >= this.limit) {
        this.to = this.limit;
        break;
      }
      const prediction = predictionOf(record);
      const message = prediction === null ? null : this.growing.take(record.offset, timed(prediction));
      this.to = record.offset + 1;
      if (message === null) continue;
      const entry = entryOf({ ...message(), offset: record.offset });
      this.entries.push(entry);
      this.size += entry.payload.length;
    }
    return true;
  }
}

export function entryOf({ offset, user, devices, payload }: KeptMessage): ChannelEntry {
  return { offset, users: [user], devices, final: true, payload };
}
