import { TOPICS } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { Clock } from '../clock.js';
import type { Channel } from './channel.js';
import { ChannelFeed } from './channel-feed.js';
import { LogChannel } from './log-channel.js';
import { alertEntry, plainEntry, predictionEntry } from './payloads.js';

/** The channels by name: three of the log, and those that come and go with replays. */
export class LiveHub {
  private readonly feeds = new Map<string, ChannelFeed>();

  constructor(
    readonly log: LogReader & { readonly epoch: string },
    readonly clock: Clock,
  ) {
    this.open('predictions', new LogChannel(log, TOPICS.predictions, predictionEntry));
    this.open('alerts', new LogChannel(log, TOPICS.alerts, alertEntry));
    this.open('models', new LogChannel(log, TOPICS.models, plainEntry));
  }

  open(name: string, channel: Channel): void {
    this.feeds.set(name, new ChannelFeed(channel, this.clock));
  }

  /** The name is free again; who is subscribed stays so until they leave. */
  close(name: string): void {
    this.feeds.delete(name);
  }

  feed(name: string): ChannelFeed | undefined {
    return this.feeds.get(name);
  }

  /** Subscriptions by channel, those without any left out. */
  counts(): Record<string, { subscriptions: number; live: number }> {
    const counts: Record<string, { subscriptions: number; live: number }> = {};
    for (const [name, feed] of this.feeds) {
      if (feed.size > 0) counts[name] = { subscriptions: feed.size, live: feed.liveSize };
    }
    return counts;
  }
}
