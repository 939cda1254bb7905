import type { LogReader } from '@hark/streaming';
import type { Channel, ChannelEntry, ChannelSlice } from './channel.js';
import type { EntryOf } from './payloads.js';

/** A topic of the log as a channel: offsets are the log's own, so they outlive every process. */
export class LogChannel implements Channel {
  constructor(
    private readonly log: LogReader & { readonly epoch: string },
    private readonly topic: string,
    private readonly entryOf: EntryOf,
  ) {}

  get epoch(): string {
    return this.log.epoch;
  }

  async read(from: number, maxBytes: number): Promise<ChannelSlice> {
    const records = await this.log.read(this.topic, 0, from, maxBytes);
    const entries: ChannelEntry[] = [];
    for (const record of records) {
      const entry = this.entryOf(record);
      if (entry !== null) entries.push(entry);
    }
    return {
      entries,
      next: records.length === 0 ? from : records[records.length - 1].offset + 1,
      dropped: 0,
    };
  }

  end(): Promise<number> {
    return this.log.end(this.topic, 0);
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.log.changed(signal);
  }
}
