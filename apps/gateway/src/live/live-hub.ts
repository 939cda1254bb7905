import { CHANNELS, TOPICS } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { Clock } from '../clock.js';
import type { Channel } from './channel.js';
import { ChannelFeed } from './channel-feed.js';
import { LogChannel } from './log-channel.js';
import { alertEntry, plainEntry, predictionEntry } from './payloads.js';

/** What the load is counted by. */
const KINDS: readonly string[] = [...CHANNELS, 'replay'];

/** The channels by name: three of the log, and those that come and go with replays. */
export class LiveHub {
  private readonly feeds = new Map<string, ChannelFeed>();
  /** Entries sent since the start, by channel; those of all replays together. */
  readonly messages = new Map<string, number>(KINDS.map((kind) => [kind, 0]));

  constructor(
    readonly log: LogReader & { readonly epoch: string },
    readonly clock: Clock,
  ) {
    this.open('predictions', new LogChannel(log, TOPICS.predictions, predictionEntry));
    this.open('alerts', new LogChannel(log, TOPICS.alerts, alertEntry));
    this.open('models', new LogChannel(log, TOPICS.models, plainEntry));
  }

  open(name: string, channel: Channel): void {
    const kind = kindOf(name);
    const sent = (): void => void this.messages.set(kind, (this.messages.get(kind) ?? 0) + 1);
    this.feeds.set(name, new ChannelFeed(channel, this.clock, sent));
  }

  /** The name is free again; who is subscribed stays so until they leave. */
  close(name: string): void {
    this.feeds.delete(name);
  }

  feed(name: string): ChannelFeed | undefined {
    return this.feeds.get(name);
  }

  /** What to say to whoever asks for a channel that is not there. */
  unknownChannel(name: string): string {
    return (
      `There is no channel ${JSON.stringify(name.slice(0, 40))}; ` +
      `the channels are ${CHANNELS.join(', ')}, and replay:<id> of each replay in GET /v1/replays.`
    );
  }

  /** Subscriptions and entries not handed out yet by kind of channel; `replay` is all replays together. */
  async load(): Promise<Map<string, { subscriptions: number; lag: number }>> {
    const load = new Map<string, { subscriptions: number; lag: number }>();
    for (const name of KINDS) load.set(name, { subscriptions: 0, lag: 0 });
    for (const [name, feed] of [...this.feeds]) {
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
    for (const [name, feed] of this.feeds) {
      if (feed.size > 0) counts[name] = { subscriptions: feed.size, live: feed.liveSize };
    }
    return counts;
  }
}

/** `replay` for the channel of a replay, else the channel itself. */
function kindOf(name: string): string {
  return name.startsWith('replay:') ? 'replay' : name;
}
