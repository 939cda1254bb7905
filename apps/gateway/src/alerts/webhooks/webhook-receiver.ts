import { TOPICS, type Alert, type Delivery } from '@hark/contracts';
import type { LogReader, LogRecord } from '@hark/streaming';
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.js';
import { pause } from '../pause.js';
import { PrivateAddressError, postWebhook } from './post-webhook.js';
import type { WebhookAllowList } from './webhook-allow-list.js';
import { signedHeaders } from './webhook-signature.js';

/** Alerts that wait for a receiver at most; the oldest are given up. */
const MOST_WAITING = 10_000;
/** How long a receiver has to answer. */
const ANSWER_LIMIT_MS = 15_000;

/** What is sent: the records of a topic, each as it stands there. */
export interface WebhookFeed {
  readonly topic: string;
  readonly contentType: string;
  /** The same for a record that is sent again. */
  readonly idOf: (record: LogRecord, body: string) => string;
}

/** Alerts. */
const ANNOUNCEMENTS: WebhookFeed = {
  topic: TOPICS.announcements,
  contentType: 'application/cloudevents+json',
  idOf: ({ offset }, body) => (JSON.parse(body) as Partial<Alert>).id ?? `announcement-${offset}`,
};

export interface DeliveryOptions {
  readonly allowList: WebhookAllowList;
  /** Signs what is sent. */
  readonly key: Buffer;
  /** Wait after the first failure; it doubles with each in a row up to `longestRetryMs`. Wall clock. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** An alert older than this is not tried again. */
  readonly giveUpAfterMs: number;
}

/** For the status page. */
export interface ReceiverStatus {
  readonly target: string;
  /** Where it is; the path may hold a secret and is not shown. */
  readonly origin: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Failures in a row, with the last. */
  readonly failures: number;
  readonly lastFailure: string | null;
  readonly nextTryAt: string | null;
  readonly disabled: boolean;
}

/** A receiver is known by a digest of its URL, which may hold a secret. */
export function targetOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}

/**
 * One receiver of webhooks with the alerts that wait for it. They are sent one after the other, each until it is
 * taken; a receiver that fails holds up nobody else.
 */
export class WebhookReceiver {
  readonly target: string;
  /** Offsets of the alerts that wait; the first is the one being sent. */
  private waiting: number[] = [];
  private sending: Promise<void> | null = null;
  private delivered = 0;
  private givenUp = 0;
  private failures = 0;
  private lastFailure: string | null = null;
  private nextTryMs: number | null = null;
  private disabled = false;

  /** @param store keeps an outcome over restarts. @param fail hears of what ends the sending for good. */
  constructor(
    private readonly url: string,
    private readonly log: LogReader,
    private readonly clock: Clock,
    private readonly options: DeliveryOptions,
    private readonly store: (delivery: Delivery) => Promise<void>,
    private readonly fail: (error: unknown) => void,
    private readonly signal: AbortSignal,
    private readonly feed: WebhookFeed = ANNOUNCEMENTS,
    target = targetOf(url),
  ) {
    this.target = target;
  }

  /** An alert that it is to get; in the order of the log. Nothing is done for one that wants no more. */
  add(offset: number): void {
    if (this.disabled) return;
    this.waiting.push(offset);
    if (this.waiting.length > MOST_WAITING) {
      // The first is being sent.
      this.waiting.splice(1, 1);
      this.givenUp++;
    }
    this.sending ??= this.send()
      .catch(this.fail)
      .finally(() => (this.sending = null));
  }

  /** Resolves when nothing waits any more, or the signal is aborted. */
  async idle(): Promise<void> {
    while (this.sending !== null) await this.sending;
  }

  status(): ReceiverStatus {
    const { target, waiting, delivered, givenUp, failures, lastFailure, nextTryMs, disabled } = this;
    return {
      target,
      origin: URL.canParse(this.url) ? new URL(this.url).origin : '',
      waiting: waiting.length,
      delivered,
      givenUp,
      failures,
      lastFailure,
      nextTryAt: nextTryMs === null ? null : new Date(nextTryMs).toISOString(),
      disabled,
    };
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0 && !this.signal.aborted) {
      const [offset] = this.waiting;
      const record = this.log.lookUp(this.feed.topic, 0, offset);
      const outcome = record === null ? 'given_up' : await this.attempt(record);
      if (this.signal.aborted) return;
      if (outcome !== null) {
        this.waiting.shift();
        if (outcome === 'delivered') this.delivered++;
        else this.givenUp++;
        if (outcome === 'disabled') {
          this.disabled = true;
          this.waiting = [];
        }
        await this.store({ target: this.target, next: offset + 1, outcome });
      }
      if (this.failures > 0 && !this.disabled) await this.waitAfterFailure();
    }
  }

  /** Null = to be tried again. */
  private async attempt(record: LogRecord): Promise<Delivery['outcome'] | null> {
    const permitted = this.options.allowList.permit(this.url);
    if (permitted === null) {
      this.lastFailure = 'the URL is not allowed any more';
      return 'refused';
    }
    const body = Buffer.from(record.value).toString('utf8');
    const id = this.feed.idOf(record, body);
    const headers = {
      'content-type': this.feed.contentType,
      'user-agent': 'hark',
      ...signedHeaders(this.options.key, id, this.clock.now(), body),
    };
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const cancel = this.clock.after(ANSWER_LIMIT_MS, end);
    this.signal.addEventListener('abort', end, { once: true });
    try {
      const status = await postWebhook(permitted, headers, body, ending.signal);
      if (status === 410) {
        this.lastFailure = 'it answered 410: it wants no more';
        return 'disabled';
      }
      if (status >= 200 && status < 300) {
        this.failures = 0;
        this.lastFailure = null;
        return 'delivered';
      }
      this.lastFailure = `it answered ${status}`;
    } catch (error) {
      this.lastFailure = reasonOf(error, ending.signal.aborted);
      if (error instanceof PrivateAddressError) return 'refused';
    } finally {
      cancel();
      this.signal.removeEventListener('abort', end);
    }
    this.failures++;
    return this.clock.now() - record.timestamp >= this.options.giveUpAfterMs ? 'given_up' : null;
  }

  private async waitAfterFailure(): Promise<void> {
    const { firstRetryMs, longestRetryMs } = this.options;
    let ms = firstRetryMs;
    for (let i = 1; i < this.failures && ms < longestRetryMs; i++) ms *= 2;
    ms = Math.min(ms, longestRetryMs);
    this.nextTryMs = this.clock.now() + ms;
    await pause(this.clock, ms, this.signal);
    this.nextTryMs = null;
  }
}

function reasonOf(error: unknown, late: boolean): string {
  if (late) return `no answer within ${ANSWER_LIMIT_MS / 1000} s`;
  const { code, message } = error as { code?: string; message: string };
  return error instanceof PrivateAddressError ? message : (code ?? message);
}
