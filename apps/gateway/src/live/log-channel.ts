import { readKept, type LogReader } from '@hark/streaming';
import type { SubscribePayload } from '@hark/contracts';
import type { Channel, ChannelEntry, ChannelSlice, ChannelSnapshot } from './channel.js';
import type { EntryOf } from './payloads.js';

/** A topic of the log as a channel: offsets are the log's own, so they outlive every process. */
export class LogChannel implements Channel {
  constructor(
    private readonly log: LogReader & { readonly epoch: string },
    private readonly topic: string,
    private readonly entryOf: EntryOf,
    readonly snapshot?: (mode: SubscribePayload['mode']) => Promise<ChannelSnapshot>,
  ) {}

  get epoch(): string {
    return this.log.epoch;
  }

  async read(from: number, maxBytes: number): Promise<ChannelSlice> {
    const { start, records } = await readKept(this.log, this.topic, from, maxBytes);
    const entries: ChannelEntry[] = [];
    for (const record of records) {
      const entry = this.entryOf(record);
      if (entry !== null) entries.push(entry);
    }
    return {
      entries,
      next: records.length === 0 ? start : records[records.length - 1].offset + 1,
      dropped: start - from,
    };
  }

  end(): Promise<number> {
    return this.log.end(this.topic, 0);
  }

  earliest(): Promise<number> {
    return this.log.earliest(this.topic, 0);
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.log.changed(signal);
  }
}
