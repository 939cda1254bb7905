import { CHANNELS, TOPICS, type SubscribePayload } from '@hark/contracts';
import type { UserScope } from '@hark/service';
import type { LogReader } from '@hark/streaming';
import type { Clock } from '../clock.js';
import type { Channel } from './channel.js';
import { ChannelFeed } from './channel-feed.js';
import { DerivedFeeds } from './derived/derived-feeds.js';
import type { LiveViews } from './latest/live-views.js';
import { LogChannel } from './log-channel.js';
import { alertEntry, modelEntry, predictionEntry } from './payloads.js';
import { signalEntry } from './signal/signal-entry.js';

/** What the load is counted by. */
const KINDS: readonly string[] = [...CHANNELS, 'replay', 'report'];

/** Channels that are made of another one, by options of the subscriber's. */
const DERIVED: readonly string[] = ['transitions', 'fused'];

/** Why a subscriber gets no channel. */
export interface NoFeed {
  readonly status: 404 | 429;
  readonly code: 'unknown_channel' | 'too_many_variants';
  readonly message: string;
}

/**
 * The channels by name: four of the log, two made of its predictions, the progress, and those that come and go with
 * replays and reports.
 */
export class LiveHub {
  private readonly feeds = new Map<string, ChannelFeed>();
  /** Channels that are about one user, who they are about. */
  private readonly owners = new Map<string, string>();
  /** Entries sent since the start, by channel; those of all replays together. */
  readonly messages = new Map<string, number>(KINDS.map((kind) => [kind, 0]));
  private readonly derived: DerivedFeeds;

  constructor(
    readonly log: LogReader & { readonly epoch: string },
    readonly clock: Clock,
    views: LiveViews,
    /** See {@link Tail.ahead}. */
    private readonly ahead = 0,
  ) {
    this.derived = new DerivedFeeds(log, clock, views, (channel) => this.count(channel), ahead);
    const snapshot: Channel['snapshot'] = (mode) => {
      const entries = views.latest.entries(mode, clock.now());
      return Promise.resolve({ next: views.position, entries });
    };
    this.open('predictions', new LogChannel(log, TOPICS.predictions, predictionEntry, snapshot));
    this.open('alerts', new LogChannel(log, TOPICS.announcements, alertEntry));
    this.open('models', new LogChannel(log, TOPICS.models, modelEntry));
    this.open('signal', new LogChannel(log, TOPICS.samples, signalEntry));
  }

  /** @param user whom the whole channel is about; absent where its entries say it one by one. */
  open(name: string, channel: Channel, user?: string): void {
    if (user !== undefined) this.owners.set(name, user);
    const kind = kindOf(name);
    this.feeds.set(name, new ChannelFeed(channel, this.clock, () => this.count(kind), this.ahead));
  }

  /** The name is free again; who is subscribed stays so until they leave. */
  close(name: string): void {
    this.feeds.delete(name);
    this.owners.delete(name);
  }

  /** The channel of this name, as far as somebody who knows of these users can tell. */
  feed(name: string, users: UserScope): ChannelFeed | undefined {
    // Reports count all users together.
    if (kindOf(name) === 'report' && !users.everybody) return undefined;
    const owner = this.owners.get(name);
    return owner === undefined || users.includes(owner) ? this.feeds.get(name) : undefined;
  }

  /** The channel that a subscription asks for, or why there is none. */
  find(payload: SubscribePayload, users: UserScope): ChannelFeed | NoFeed {
    const { channel } = payload;
    if (DERIVED.includes(channel)) return this.derived.feed(payload) ?? TOO_MANY;
    return this.feed(channel, users) ?? unknownChannel(channel);
  }

  /** Subscriptions now. */
  get subscriptions(): number {
    return this.all().reduce((sum, [, { size }]) => sum + size, 0);
  }

  /** Subscriptions and entries not handed out yet by kind of channel; `replay` is all replays together. */
  async load(): Promise<Map<string, { subscriptions: number; lag: number }>> {
    const load = new Map<string, { subscriptions: number; lag: number }>();
    for (const name of KINDS) load.set(name, { subscriptions: 0, lag: 0 });
    for (const [name, feed] of this.all()) {
      const lag = await feed.lag();
      const kind = load.get(kindOf(name));
      if (kind === undefined) continue;
      kind.subscriptions += feed.size;
      kind.lag += lag;
    }
    return load;
  }

  /** Subscriptions by channel, those without any left out. */
  counts(): Record<string, { subscriptions: number; live: number }> {
    const counts: Record<string, { subscriptions: number; live: number }> = {};
    for (const [name, { size, liveSize }] of this.all()) {
      if (size === 0) continue;
      const { subscriptions, live } = counts[name] ?? { subscriptions: 0, live: 0 };
      counts[name] = { subscriptions: subscriptions + size, live: live + liveSize };
    }
    return counts;
  }

  /** Every feed with the channel that it is of. */
  private all(): [string, ChannelFeed][] {
    const derived = DERIVED.flatMap((channel) =>
      this.derived.of(channel).map((feed): [string, ChannelFeed] => [channel, feed]),
    );
    return [...this.feeds, ...derived];
  }

  private count(kind: string): void {
    this.messages.set(kind, (this.messages.get(kind) ?? 0) + 1);
  }
}

/** `replay` for the channel of a replay, `report` for that of a report, else the channel itself. */
function kindOf(name: string): string {
  return /^(replay|report):/.exec(name)?.[1] ?? name;
}

const TOO_MANY: NoFeed = {
  status: 429,
  code: 'too_many_variants',
  message: 'Too many different minConfidence, leaveConfidence and dwellMs are in use; take the usual ones.',
};

function unknownChannel(name: string): NoFeed {
  const message =
    `There is no channel ${JSON.stringify(name.slice(0, 40))}; ` +
    `the channels are ${CHANNELS.join(', ')}, replay:<id> of each replay in GET /v1/replays, and report:<name> of each report in GET /v1/reports.`;
  return { status: 404, code: 'unknown_channel', message };
}
