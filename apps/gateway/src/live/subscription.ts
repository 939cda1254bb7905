import type { SubscribePayload } from '@hark/contracts';
import type { Clock } from '../clock.js';
import type { Channel, ChannelFilter } from './channel.js';
import { EntryFrames, type Framing } from './framing.js';
import type { Outlet } from './outlet.js';
import type { RateLimit } from './rate-limit.js';

/** Bytes read from the channel at a time while catching up, so that nobody else waits for long. */
const SLICE_BYTES = 65_536;

/** What a subscription tells its subscriber besides entries. */
export interface SubscriptionEvents {
  /** `since` has been accepted: what is after the cursor follows. */
  begun(cursor: { readonly epoch: string; readonly offset: number }): void;
  gap(dropped: number): void;
  /** The subscription has ended; nothing follows. */
  failed(code: string, message: string): void;
  /** The channel has ended and everything was delivered; nothing follows. */
  completed(): void;
}

/** The part of a feed that a subscription needs. */
export interface Tail {
  readonly channel: Channel;
  readonly clock: Clock;
  /** Takes the subscription among the live ones when nothing lies between it and the tail. */
  admit(subscription: Subscription): boolean;
  remove(subscription: Subscription): void;
  /** An entry was handed to the outlet. */
  sent(): void;
}

/**
 * One subscriber's place in a channel. It is *behind*, reading the channel by itself in bounded slices, or *live*,
 * handed entries by the feed; `next` makes the change exact, so that nothing is missed or repeated. A live reader
 * whose outlet is full falls behind and reads again from the first entry it could not be sent.
 */
export class Subscription {
  /** Offset of the first entry that has not been dealt with. */
  next = 0;
  private ended = false;

  constructor(
    private readonly tail: Tail,
    readonly filter: ChannelFilter,
    private readonly framing: Framing,
    private readonly outlet: Outlet,
    private readonly events: SubscriptionEvents,
    private readonly rate: RateLimit | null = null,
  ) {}

  /** Resolves `since` to an offset and begins there. */
  async begin(since: SubscribePayload['since']): Promise<void> {
    try {
      const { channel } = this.tail;
      const end = await channel.end();
      if (since === 'latest') this.next = end;
      else if (since === 'earliest') this.next = 0;
      else if (since.epoch !== channel.epoch || since.offset >= end) {
        return this.fail(
          'cursor_expired',
          'the cursor is not of this log; subscribe from latest or earliest',
        );
      } else this.next = since.offset + 1;
    } catch (error) {
      return this.failWith(error);
    }
    if (this.ended) return;
    this.events.begun({ epoch: this.tail.channel.epoch, offset: this.next - 1 });
    await this.catchUp();
  }

  /** An entry from the tail. */
  deliver(frames: EntryFrames): void {
    const { entry } = frames;
    if (this.ended || entry.offset < this.next || !this.filter.matches(entry)) return;
    if (this.outlet.full) {
      this.next = entry.offset;
      this.tail.remove(this);
      void this.catchUp();
      return;
    }
    this.send(frames);
    this.next = entry.offset + 1;
  }

  /** Entries that are kept no longer were skipped. */
  gap(dropped: number): void {
    if (!this.ended) this.events.gap(dropped);
  }

  /** Ends without a word. */
  end(): void {
    this.ended = true;
    this.tail.remove(this);
  }

  /** The channel has ended, and this subscription is at its end. */
  complete(): void {
    if (this.ended) return;
    this.end();
    this.events.completed();
  }

  failWith(error: unknown): void {
    const { code } = error as { code?: unknown };
    this.fail(typeof code === 'string' ? code : 'log_unavailable', 'the log could not be read here');
  }

  private fail(code: string, message: string): void {
    if (this.ended) return;
    this.end();
    this.events.failed(code, message);
  }

  private async catchUp(): Promise<void> {
    const { channel, clock } = this.tail;
    try {
      while (!this.ended) {
        if (this.outlet.full) await this.outlet.drained();
        else if (this.tail.admit(this)) return;
        else {
          const slice = await channel.read(this.next, SLICE_BYTES);
          if (slice.next === this.next) return this.fail('cursor_expired', 'the log ends before this offset');
          if (slice.dropped > 0) this.gap(slice.dropped);
          if (!this.sendAll(slice.entries)) continue;
          this.next = slice.next;
          await clock.turn();
        }
      }
    } catch (error) {
      this.failWith(error);
    }
  }

  /** False when the outlet filled up first; `next` is then the first entry not sent. */
  private sendAll(entries: readonly EntryFrames['entry'][]): boolean {
    for (const entry of entries) {
      if (this.ended) return false;
      if (!this.filter.matches(entry)) continue;
      if (this.outlet.full) {
        this.next = entry.offset;
        return false;
      }
      this.send(new EntryFrames(entry));
    }
    return true;
  }

  private send(frames: EntryFrames): void {
    if (this.rate !== null && !this.rate.admits(frames.entry)) return;
    this.outlet.send(frames.frame(this.framing));
    this.tail.sent();
  }
}
