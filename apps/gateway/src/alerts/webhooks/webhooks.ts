import { TOPICS, type Delivery } from '@hark/contracts';
import { LogFullError, type LogReader, type LogWriter } from '@hark/streaming';
import type { Clock } from '../../clock.js';
import { WebhookReceiver, targetOf, type DeliveryOptions, type ReceiverStatus } from './webhook-receiver.js';

const READ_BYTES = 1_048_576;

export interface WebhookOptions extends DeliveryOptions {
  /** Receivers of every alert. */
  readonly urls: readonly string[];
}

/**
 * Sends announcements to those who want them: every one to the receivers of all, that of a rule to the rule's webhook.
 * How far each has come stands in `deliveries`; what was sent and not yet stored there is sent again after a crash,
 * with the same id. A receiver of all that is new begins with what is announced from then on.
 */
export class Webhooks {
  private readonly receivers = new Map<string, WebhookReceiver>();
  /** By target: the offset of the next alert that it may get. */
  private readonly next = new Map<string, number>();

  constructor(
    private readonly log: LogReader,
    private readonly writer: LogWriter,
    private readonly clock: Clock,
    private readonly options: WebhookOptions,
  ) {}

  /** Sends until `signal` is aborted. @throws what the log throws. */
  async run(signal: AbortSignal): Promise<void> {
    await this.restore();
    const failures: unknown[] = [];
    const ending = new AbortController();
    const end = (): void => ending.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    await this.follow(ending.signal, (error) => {
      failures.push(error);
      end();
    });
    for (const each of this.receivers.values()) await each.idle();
    if (failures.length > 0) throw failures[0];
  }

  status(): ReceiverStatus[] {
    return [...this.receivers.values()].map((each) => each.status());
  }

  private async follow(signal: AbortSignal, fail: (error: unknown) => void): Promise<void> {
    const store = (delivery: Delivery): Promise<void> => this.store(delivery);
    const receiver = (url: string): WebhookReceiver => {
      const target = targetOf(url);
      let found = this.receivers.get(target);
      if (found === undefined) {
        found = new WebhookReceiver(url, this.log, this.clock, this.options, store, fail, signal);
        this.receivers.set(target, found);
      }
      return found;
    };
    for (const url of this.options.urls) receiver(url);
    let change = this.log.changed(signal);
    for (let position = 0; !signal.aborted;) {
      const records = await this.log.read(TOPICS.announcements, 0, position, READ_BYTES);
      if (records.length === 0) {
        await change;
        change = this.log.changed(signal);
        continue;
      }
      const oldestMs = this.clock.now() - this.options.giveUpAfterMs;
      for (const { offset, key, timestamp } of records) {
        position = offset + 1;
        if (timestamp < oldestMs) continue;
        const urls = new Set(key === '' ? this.options.urls : [...this.options.urls, key]);
        for (const url of urls) {
          if (offset >= (this.next.get(targetOf(url)) ?? 0)) receiver(url).add(offset);
        }
      }
    }
  }

  private async restore(): Promise<void> {
    const end = await this.log.end(TOPICS.announcements, 0);
    for (let position = 0; ;) {
      const records = await this.log.read(TOPICS.deliveries, 0, position, READ_BYTES);
      if (records.length === 0) break;
      for (const { value, offset } of records) {
        position = offset + 1;
        const { target, next, outcome } = JSON.parse(Buffer.from(value).toString('utf8')) as Delivery;
        // One that wanted no more is asked once more after a start, with what is announced from then on.
        this.next.set(target, outcome === 'disabled' ? end : next);
      }
    }
    for (const url of this.options.urls) {
      const target = targetOf(url);
      if (this.next.has(target)) continue;
      this.next.set(target, end);
      await this.store({ target, next: end, outcome: 'enrolled' });
    }
  }

  private async store(delivery: Delivery): Promise<void> {
    const value = Buffer.from(JSON.stringify(delivery));
    try {
      const appends = [{ topic: TOPICS.deliveries, partition: 0, records: [{ key: '', value }] }];
      await this.writer.commit({ appends });
    } catch (error) {
      // What is not stored is sent again after the next start.
      if (!(error instanceof LogFullError)) throw error;
    }
  }
}
