import { TOPICS, type SubscribePayload } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { Clock } from '../../clock.js';
import { ChannelFeed } from '../channel-feed.js';
import { derivationFor, type LiveViews } from '../latest/live-views.js';
import { Checkpoints } from './checkpoints.js';
import { DerivedChannel } from './derived-channel.js';

/** Derivations at a time: each takes every prediction once while somebody is subscribed to it. */
const MOST = 64;

/** The feeds of `transitions` and `fused`: one for each set of options that somebody asks for, made when asked for. */
export class DerivedFeeds {
  /** By channel and options; the one asked for last is last. */
  private readonly feeds = new Map<string, ChannelFeed>();

  constructor(
    private readonly log: LogReader & { readonly epoch: string },
    private readonly clock: Clock,
    private readonly views: LiveViews,
    private readonly sent: (channel: string) => void,
    private readonly ahead = 0,
  ) {}

  /** Null when too many different ones are in use. */
  feed(payload: SubscribePayload): ChannelFeed | null {
    const { name, make } = derivationFor(payload);
    const known = this.feeds.get(name);
    if (known !== undefined) {
      this.feeds.delete(name);
      this.feeds.set(name, known);
      return known;
    }
    if (this.feeds.size >= MOST) {
      const idle = [...this.feeds].find(([, { size }]) => size === 0);
      if (idle === undefined) return null;
      this.feeds.delete(idle[0]);
    }
    const checkpoints = this.views.checkpointsOf(name) ?? new Checkpoints(false);
    const channel = new DerivedChannel(this.log, TOPICS.predictions, make, checkpoints, this.clock);
    const feed = new ChannelFeed(channel, this.clock, () => this.sent(payload.channel), this.ahead);
    this.feeds.set(name, feed);
    return feed;
  }

  /** The feeds of one channel. */
  of(channel: string): ChannelFeed[] {
    return [...this.feeds].filter(([name]) => name.startsWith(`${channel}?`)).map(([, feed]) => feed);
  }
}
