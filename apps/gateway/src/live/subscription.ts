import type { SubscribePayload } from '@hark/contracts';
import type { Clock } from '../clock.js';
import type { Channel, ChannelEntry, ChannelFilter } from './channel.js';
import { Conflation } from './conflation.js';
import { EntryFrames, type Framing } from './framing.js';
import type { Outlet } from './outlet.js';

/** Bytes read from the channel at a time while catching up, so that nobody else waits for long. */
const SLICE_BYTES = 65_536;

/** What a subscription tells its subscriber besides entries. */
export interface SubscriptionEvents {
  /** `since` has been accepted: what is after the cursor follows. */
  begun(cursor: { readonly epoch: string; readonly offset: number }): void;
  gap(dropped: number): void;
  /** The cursor is not of this channel, or older than what it keeps. True = go on with a snapshot and the newest. */
  expired(message: string): boolean;
  /** The subscription has ended; nothing follows. */
  failed(code: string, message: string): void;
  /** The channel has ended and everything was delivered; nothing follows. */
  completed(): void;
}

/** The part of a feed that a subscription needs. */
export interface Tail {
  readonly channel: Channel;
  readonly clock: Clock;
  /** How many entries another process may have handed out of which this one has not heard yet. */
  readonly ahead: number;
  /** Takes the subscription among the live ones when nothing lies between it and the tail. */
  admit(subscription: Subscription): boolean;
  remove(subscription: Subscription): void;
  /** An entry was handed to the outlet. */
  sent(): void;
}

/** How often at most a subscriber gets a message, and of what the newest wins. */
export interface RateLimit {
  readonly hertz: number;
  readonly of: 'device' | 'user';
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
  private readonly conflation: Conflation | null;

  constructor(
    private readonly tail: Tail,
    readonly filter: ChannelFilter,
    private readonly framing: Framing,
    private readonly outlet: Outlet,
    private readonly events: SubscriptionEvents,
    rate: RateLimit | null = null,
  ) {
    this.conflation =
      rate === null
        ? null
        : new Conflation(rate.hertz, rate.of, tail.clock, outlet, (frames) => this.handOver(frames));
  }

  /** Resolves `since` to an offset and begins there, with a snapshot where one is asked for or due. */
  async begin({
    since,
    snapshot,
    mode,
  }: Pick<SubscribePayload, 'since' | 'snapshot' | 'mode'>): Promise<void> {
    const { channel } = this.tail;
    let entries: readonly ChannelEntry[] = [];
    try {
      const [end, earliest] = [await channel.end(), (await channel.earliest?.()) ?? 0];
      let latest = since === 'latest';
      let withSnapshot = latest && snapshot === true;
      if (since === 'earliest') this.next = earliest;
      else if (since !== 'latest') {
        this.next = since.offset + 1;
        if (
          since.epoch !== channel.epoch ||
          (this.next > end + this.tail.ahead && channel.repeats !== true) ||
          this.next < earliest
        ) {
          if (this.ended) return;
          latest = withSnapshot = this.events.expired(
            expiryOf(this.next, since.epoch, channel.epoch, earliest),
          );
          if (!latest) return this.end();
        }
      }
      if (latest) this.next = end;
      if (withSnapshot && channel.snapshot !== undefined)
        ({ next: this.next, entries } = await channel.snapshot(mode));
    } catch (error) {
      return this.failWith(error);
    }
    if (this.ended) return;
    this.events.begun({ epoch: channel.epoch, offset: this.next - 1 });
    if (entries.length > 0) await this.sendSnapshot(entries);
    await this.catchUp();
  }

  /** An entry from the tail. */
  deliver(frames: EntryFrames): void {
    const { entry } = frames;
    if (this.ended || entry.offset < this.next) return;
    const shown = this.shown(frames);
    if (shown === null) return;
    if (this.conflation === null && this.outlet.full) {
      this.next = entry.offset;
      this.tail.remove(this);
      void this.catchUp();
      return;
    }
    this.send(shown);
    this.next = entry.offset + 1;
  }

  /** A message that is not stored, for a live subscription: it goes out now or, without room, not at all. */
  announce(entry: ChannelEntry): void {
    // Under the offset before what follows: whoever resumes from it misses nothing.
    const shown =
      this.ended || this.outlet.full ? null : this.filter.shown({ ...entry, offset: this.next - 1 });
    if (shown !== null) this.handOver(new EntryFrames(shown));
  }

  /** Entries that are kept no longer were skipped. */
  gap(dropped: number): void {
    if (!this.ended) this.events.gap(dropped);
  }

  /** Ends without a word. */
  end(): void {
    this.ended = true;
    this.conflation?.end();
    this.tail.remove(this);
  }

  /** The channel has ended, and this subscription is at its end. */
  complete(): void {
    if (this.ended) return;
    this.conflation?.flush();
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

  private async sendSnapshot(entries: readonly ChannelEntry[]): Promise<void> {
    for (const entry of entries) {
      const shown = this.filter.shown({ ...entry, final: true });
      if (shown === null) continue;
      while (!this.ended && this.outlet.full) await this.outlet.drained();
      if (this.ended) return;
      const payload = `${shown.payload.slice(0, -1)},"snapshot":true}`;
      this.handOver(new EntryFrames({ ...shown, payload }));
    }
  }

  private async catchUp(): Promise<void> {
    const { channel, clock } = this.tail;
    try {
      while (!this.ended) {
        if (this.conflation === null && this.outlet.full) await this.outlet.drained();
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
  private sendAll(entries: readonly ChannelEntry[]): boolean {
    for (const entry of entries) {
      if (this.ended) return false;
      const shown = this.filter.shown(entry);
      if (shown === null) continue;
      if (this.conflation === null && this.outlet.full) {
        this.next = entry.offset;
        return false;
      }
      this.send(new EntryFrames(shown));
    }
    return true;
  }

  /** The entry as this subscriber may see it: the frames that all share, unless something was taken out. */
  private shown(frames: EntryFrames): EntryFrames | null {
    const entry = this.filter.shown(frames.entry);
    return entry === null || entry === frames.entry ? entry && frames : new EntryFrames(entry);
  }

  private send(frames: EntryFrames): void {
    if (this.conflation === null) this.handOver(frames);
    else this.conflation.offer(frames);
  }

  private handOver(frames: EntryFrames): void {
    this.outlet.send(frames.frame(this.framing));
    this.tail.sent();
  }
}

function expiryOf(next: number, asked: string, epoch: string, earliest: number): string {
  if (asked !== epoch) return 'the cursor is of another epoch';
  return next < earliest
    ? `offset ${next - 1} is older than what is kept, which begins at ${earliest}`
    : 'the cursor is beyond the end';
}
