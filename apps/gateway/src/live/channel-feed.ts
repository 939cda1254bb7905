import type { SubscribePayload } from '@hark/contracts';
import type { UserScope } from '@hark/service';
import type { Clock } from '../clock.js';
import { ChannelFilter, type Channel, type ChannelEntry } from './channel.js';
import { EntryFrames, type Framing } from './framing.js';
import { LiveIndex } from './live-index.js';
import type { Outlet } from './outlet.js';
import { Subscription, type RateLimit, type SubscriptionEvents, type Tail } from './subscription.js';

/** Channels whose messages `maxRateHz` does not hold back. */
const UNLIMITED: ReadonlySet<string> = new Set(['alerts', 'models', 'progress']);

/** Messages that the tail hands out before others get their turn: an alert may go to ten thousand. */
const HANDED_AT_ONCE = 256;

/** Bytes that the tail takes at a time before others get their turn. */
const TAIL_BYTES = 65_536;

/**
 * Everybody subscribed to one channel. A single tail reads each new entry once, serialises it once for each framing,
 * and hands it to the live subscriptions that it concerns. The tail runs while there are subscriptions.
 */
export class ChannelFeed implements Tail {
  private readonly subscriptions = new Set<Subscription>();
  private readonly live = new LiveIndex();
  /** Next offset that the tail will hand out. */
  private position = 0;
  /** Whether the channel has ended and the tail has handed out all of it. */
  private exhausted = false;
  private run: { readonly stop: AbortController; readonly started: Promise<void> } | null = null;

  constructor(
    readonly channel: Channel,
    readonly clock: Clock,
    /** Called for every entry that went to an outlet. */
    readonly sent: () => void = () => undefined,
    readonly ahead = 0,
  ) {}

  /** Subscriptions, live and behind. */
  get size(): number {
    return this.subscriptions.size;
  }

  /** Of these, how many are handed entries by the tail. */
  get liveSize(): number {
    return this.live.size;
  }

  /**
   * Subscribes; entries go to `outlet` until the returned subscription is ended by {@link leave}.
   *
   * @param users whose entries the subscriber may know: of others there seem to be none.
   */
  join(
    payload: SubscribePayload,
    users: UserScope,
    framing: (epoch: string) => Framing,
    outlet: Outlet,
    events: SubscriptionEvents,
  ): Subscription {
    const subscription = new Subscription(
      this,
      new ChannelFilter(payload, users),
      framing(this.channel.epoch),
      outlet,
      {
        begun: (cursor) => events.begun(cursor),
        gap: (dropped) => events.gap(dropped),
        expired: (message) => {
          const goesOn = events.expired(message);
          if (!goesOn) this.forget(subscription);
          return goesOn;
        },
        failed: (code, message) => {
          this.forget(subscription);
          events.failed(code, message);
        },
        completed: () => {
          this.forget(subscription);
          events.completed();
        },
      },
      rateLimit(payload),
    );
    this.subscriptions.add(subscription);
    this.run ??= this.start();
    void this.run.started.then(
      () => subscription.begin(payload),
      (error: unknown) => subscription.failWith(error),
    );
    return subscription;
  }

  leave(subscription: Subscription): void {
    subscription.end();
    this.forget(subscription);
  }

  admit(subscription: Subscription): boolean {
    if (subscription.next < this.position) return false;
    this.live.add(subscription);
    if (this.exhausted) subscription.complete();
    return true;
  }

  remove(subscription: Subscription): void {
    this.live.delete(subscription);
  }

  /** Records up to the tail that the subscription has not been sent; 0 of one that is live. */
  waiting(subscription: Subscription): number {
    return this.live.has(subscription) ? 0 : Math.max(0, this.position - subscription.next);
  }

  /** Tells the live subscriptions that it concerns something that is not stored. */
  announce(entry: ChannelEntry): void {
    for (const each of new Set(this.live.concernedBy(entry))) each.announce(entry);
  }

  /** Entries that the tail has not handed out yet; 0 while nobody is subscribed. */
  async lag(): Promise<number> {
    return this.run === null ? 0 : Math.max(0, (await this.channel.end()) - this.position);
  }

  private forget(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
    if (this.subscriptions.size > 0) return;
    this.run?.stop.abort();
    this.run = null;
  }

  private exhaust(): void {
    this.exhausted = true;
    for (const each of [...this.live.all()]) each.complete();
  }

  private start(): { stop: AbortController; started: Promise<void> } {
    const stop = new AbortController();
    const started = this.channel.end().then((end) => {
      if (stop.signal.aborted) return;
      this.position = end;
      this.exhausted = false;
      void this.follow(stop.signal);
    });
    return { stop, started };
  }

  private async follow(signal: AbortSignal): Promise<void> {
    try {
      // Asked for before the read, so that what is committed during the read is not slept through.
      let change = this.channel.changed(signal);
      let handed = 0;
      while (!signal.aborted) {
        // Looked at before the read: what was added last was added before the end.
        const { finished } = this.channel;
        const slice = await this.channel.read(this.position, TAIL_BYTES);
        if (signal.aborted) return;
        if (slice.next === this.position) {
          if (finished === true) return this.exhaust();
          await change;
          change = this.channel.changed(signal);
          continue;
        }
        // Before anything is handed out: whoever falls behind on the way compares with where the tail will be.
        this.position = slice.next;
        if (slice.dropped > 0) for (const each of this.live.all()) each.gap(slice.dropped);
        for (const entry of slice.entries) {
          const frames = new EntryFrames(entry);
          // The set may change during a turn: whoever comes or goes knows by `next` what has been dealt with.
          for (const each of this.live.concernedBy(entry)) {
            each.deliver(frames);
            if (++handed % HANDED_AT_ONCE === 0) await this.clock.turn();
            if (signal.aborted) return;
          }
        }
        await this.clock.turn();
      }
    } catch (error) {
      for (const each of [...this.subscriptions]) each.failWith(error);
    }
  }
}

/** Alerts, model events and progress are rare and each of them counts: they are never left out. */
function rateLimit({ channel, maxRateHz }: SubscribePayload): RateLimit | null {
  if (maxRateHz === undefined || UNLIMITED.has(channel)) return null;
  return { hertz: maxRateHz, of: channel === 'fused' ? 'user' : 'device' };
}
