import type { Cursor } from './cursor.js';
import type { LiveConnection } from './live-connection.js';
import type { ChannelOptions } from './stream-options.js';
import { Subscription } from './subscription.js';

/**
 * The messages of a channel, in order, for `for await`. It begins with the first `next()`, or with {@link begin}; it
 * goes on over lost connections without losing or repeating anything; leaving the loop ends it.
 *
 * @throws from `next()`: HarkAuthError, HarkProtocolError, HarkStreamError, HarkCursorExpiredError; after what came
 * before has been taken, and once: then it has ended.
 */
export class HarkStream<T> implements AsyncIterableIterator<T, undefined> {
  private readonly subscription: Subscription<T>;
  private readonly signal: AbortSignal | undefined;
  private state: 'new' | 'open' | 'ended' = 'new';

  constructor(
    channel: string,
    { signal, ...options }: ChannelOptions,
    private readonly connection: LiveConnection,
  ) {
    this.signal = signal;
    this.subscription = new Subscription(channel, options, connection);
  }

  /** The channel's name. */
  get channel(): string {
    return this.subscription.channel;
  }

  /**
   * Behind the last message that was handed out: given as `since` to another stream, what follows it comes. Null
   * before the service has begun.
   */
  get cursor(): Cursor | null {
    return this.subscription.taken;
  }

  /** Subscribes now, so that nothing after this is missed. Resolves with the cursor that it begins behind; null if it has ended. */
  begin(): Promise<Cursor | null> {
    this.open();
    return this.subscription.hasBegun();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.open();
    let over = true;
    try {
      const result = await this.subscription.take();
      over = result.done === true;
      return result;
    } finally {
      if (over) this.end();
    }
  }

  /** Ends the stream. What came and was not taken is thrown away. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private open(): void {
    if (this.state !== 'new') return;
    if (this.signal?.aborted === true) return this.end();
    this.state = 'open';
    this.signal?.addEventListener('abort', this.end);
    this.connection.attach(this.subscription);
  }

  private readonly end = (): void => {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.signal?.removeEventListener('abort', this.end);
    this.subscription.leave();
  };
}
