import { HarkCursorExpiredError, HarkStreamError } from '../errors.js';
import type { Cursor } from './cursor.js';
import { Inbox } from './inbox.js';
import type { LiveConnection, Subscriber } from './live-connection.js';
import type { SubscribeRequest } from './live-socket.js';
import type { ChannelOptions, Gap, StreamOptions } from './stream-options.js';

const BUFFER_SIZE = 1000;

interface Delivery<T> {
  readonly payload: T;
  /** Where the stream stands once this has been dealt with. */
  readonly cursor: Cursor;
  /** What is missing before it. */
  readonly gap: Gap | null;
}

/**
 * One stream's place in its channel: the cursor behind what has been received, which survives the connection, and the
 * cursor behind what the reader has taken, which survives the process if the reader keeps it.
 */
export class Subscription<T> implements Subscriber {
  /** Behind the last message that the reader has taken; null before the service has begun. */
  taken: Cursor | null = null;
  private received: Cursor | null = null;
  private readonly inbox: Inbox<Delivery<T>>;
  private readonly wanted: Omit<SubscribeRequest, 'channel'>;
  private readonly local: Required<Pick<StreamOptions, 'bufferSize' | 'whenFull' | 'whenExpired'>>;
  private readonly onGap: (gap: Gap) => void;
  private since: SubscribeRequest['since'];
  private resting = false;
  /** What is missing before the next message. */
  private gapAhead: Gap | null = null;
  /** Left out since a message was last handed out. */
  private skipped: Gap | null = null;
  private isOpen = true;
  private readonly waitingForBegin: (() => void)[] = [];

  constructor(
    readonly channel: string,
    options: Omit<ChannelOptions, 'signal'>,
    private readonly connection: LiveConnection,
  ) {
    const { bufferSize = BUFFER_SIZE, whenFull = 'resume', onGap, ...others } = options;
    const { whenExpired = channel === 'progress' ? 'latest' : 'throw', since, ...wanted } = others;
    if (!(bufferSize >= 1)) throw new RangeError(`bufferSize is at least 1, not ${bufferSize}`);
    this.local = { bufferSize, whenFull, whenExpired };
    this.onGap = onGap ?? (() => undefined);
    this.since = since;
    this.wanted = wanted;
    this.inbox = new Inbox((delivery) => this.handedOver(delivery));
  }

  async take(): Promise<IteratorResult<T, undefined>> {
    const result = await this.inbox.take();
    return result.done === true ? result : { done: false, value: result.value.payload };
  }

  /** Resolves with the first cursor, or null when the stream has ended before there was one. */
  async hasBegun(): Promise<Cursor | null> {
    if (this.taken === null && this.isOpen) {
      await new Promise<void>((resolve) => this.waitingForBegin.push(resolve));
    }
    return this.taken;
  }

  /** Ends it from this side. */
  leave(): void {
    this.close();
    this.inbox.discard();
  }

  request(): SubscribeRequest {
    const { received, since, wanted, channel } = this;
    return { channel, ...wanted, since: received ?? since };
  }

  begun(cursor: Cursor): void {
    this.received = cursor;
    this.taken ??= cursor;
    this.release();
  }

  next(cursor: Cursor, payload: unknown): void {
    // Messages of a snapshot, and of devices that have fallen silent, stand before what has been received already.
    const ahead = this.received === null || cursor.offset > this.received.offset;
    if (ahead) this.received = cursor;
    const { bufferSize, whenFull } = this.local;
    const { gapAhead: gap, received } = this;
    this.gapAhead = null;
    this.inbox.put({ payload: payload as T, cursor: received as Cursor, gap });
    if (this.inbox.size < bufferSize || isOfSnapshot(payload)) return;
    if (whenFull === 'skip') this.skip();
    else if (!this.resting) {
      this.resting = true;
      this.connection.rest(this);
    }
  }

  gap(dropped: number): void {
    this.gapAhead = sum(this.gapAhead, { dropped, reason: 'not_kept' });
  }

  cut(): void {
    // The gap said before 4108: what it speaks of comes on the next socket.
    this.gapAhead = null;
  }

  completed(): void {
    this.close();
    this.inbox.end();
  }

  failed(code: string, message: string): 'now' | 'later' | 'never' {
    if (code === 'log_unavailable') return 'later';
    const { whenExpired } = this.local;
    if (code !== 'cursor_expired') this.abandoned(new HarkStreamError(code, this.channel, message));
    else if (whenExpired === 'throw') this.abandoned(new HarkCursorExpiredError(this.channel, message));
    else {
      this.received = null;
      this.since = whenExpired;
      this.gapAhead = { dropped: null, reason: 'cursor_expired' };
      return 'now';
    }
    return 'never';
  }

  abandoned(error: Error): void {
    this.close();
    this.inbox.end(error);
  }

  private close(): void {
    this.isOpen = false;
    this.connection.detach(this);
    this.release();
  }

  private release(): void {
    for (const resolve of this.waitingForBegin.splice(0)) resolve();
  }

  /** Makes room by leaving out the oldest; the one after it tells how many are missing. */
  private skip(): void {
    while (this.inbox.size > this.local.bufferSize) {
      const dropped = this.inbox.drop();
      this.skipped = sum(sum(this.skipped, dropped?.gap ?? null), { dropped: 1, reason: 'full' });
    }
  }

  private handedOver({ cursor, gap }: Delivery<T>): void {
    this.taken = cursor;
    const missing = sum(this.skipped, gap);
    this.skipped = null;
    if (missing !== null) this.onGap(missing);
    if (!this.resting || this.inbox.size > this.local.bufferSize / 2) return;
    this.resting = false;
    this.connection.proceed(this);
  }
}

/** Two gaps next to each other; the reason is that of the worse. */
function sum(a: Gap | null, b: Gap | null): Gap | null {
  if (a === null || b === null) return a ?? b;
  const dropped = a.dropped === null || b.dropped === null ? null : a.dropped + b.dropped;
  const reasons = [a.reason, b.reason];
  const reason = (['cursor_expired', 'not_kept', 'full'] as const).find((each) => reasons.includes(each));
  return { dropped, reason: reason ?? a.reason };
}

function isOfSnapshot(payload: unknown): boolean {
  return (payload as { snapshot?: unknown } | null)?.snapshot === true;
}
