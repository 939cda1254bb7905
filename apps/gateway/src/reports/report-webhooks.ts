import { TOPICS, type Delivery } from '@hark/contracts';
import { LogFullError, followKept, type LogReader, type LogWriter } from '@hark/streaming';
import type { Clock } from '../clock.js';
import {
  WebhookReceiver,
  targetOf,
  type DeliveryOptions,
  type WebhookFeed,
} from '../alerts/webhooks/webhook-receiver.js';
import type { ReportDesk } from './report-desk.js';

const READ_BYTES = 1 << 20;

/** Micro-batches, by the offset of their record. */
const BATCHES: WebhookFeed = {
  topic: TOPICS.reports,
  contentType: 'application/json',
  idOf: ({ offset }) => `report-${offset}`,
};

/**
 * The webhook sinks of reports: each micro-batch is sent to the URL of its report, in order, until it is taken. How far
 * each receiver has come stands in `deliveries`, like that of alerts.
 */
export class ReportWebhooks {
  private readonly receivers = new Map<string, WebhookReceiver>();
  /** By target: the offset of the next record that it may get. */
  private readonly next = new Map<string, number>();

  constructor(
    private readonly log: LogReader,
    private readonly writer: LogWriter,
    private readonly clock: Clock,
    private readonly desk: Pick<ReportDesk, 'reports'>,
    private readonly options: DeliveryOptions,
  ) {}

  /** Sends until `signal` is aborted. @throws what the log throws. */
  async run(signal: AbortSignal): Promise<void> {
    await this.restore();
    const failures: unknown[] = [];
    for await (const records of followKept(this.log, TOPICS.reports, 0, signal)) {
      if (failures.length > 0) break;
      const oldestMs = this.clock.now() - this.options.giveUpAfterMs;
      for (const { offset, key, timestamp, value } of records) {
        const sink = this.desk.reports.get(key)?.created.spec.sink;
        if (sink?.type !== 'webhook' || timestamp < oldestMs || !isBatch(value)) continue;
        const target = `${key}:${targetOf(sink.url)}`;
        if (offset < (this.next.get(target) ?? 0)) continue;
        this.receiver(sink.url, target, signal, failures).add(offset);
      }
    }
    for (const each of this.receivers.values()) await each.idle();
    if (failures.length > 0) throw failures[0];
  }

  private receiver(url: string, target: string, signal: AbortSignal, failures: unknown[]): WebhookReceiver {
    let found = this.receivers.get(target);
    if (found === undefined) {
      const store = (delivery: Delivery): Promise<void> => this.store(delivery);
      const fail = (error: unknown): void => void failures.push(error);
      const { log, clock, options } = this;
      found = new WebhookReceiver(url, log, clock, options, store, fail, signal, BATCHES, target);
      this.receivers.set(target, found);
    }
    return found;
  }

  private async restore(): Promise<void> {
    for (let position = 0; ;) {
      const records = await this.log.read(TOPICS.deliveries, 0, position, READ_BYTES);
      if (records.length === 0) return;
      for (const { value, offset } of records) {
        position = offset + 1;
        const { target, next } = JSON.parse(Buffer.from(value).toString('utf8')) as Delivery;
        this.next.set(target, next);
      }
    }
  }

  private async store(delivery: Delivery): Promise<void> {
    const records = [{ key: '', value: Buffer.from(JSON.stringify(delivery)) }];
    try {
      await this.writer.commit({ appends: [{ topic: TOPICS.deliveries, partition: 0, records }] });
    } catch (error) {
      // What is not stored is sent again after the next start.
      if (!(error instanceof LogFullError)) throw error;
    }
  }
}

const BATCH = new TextEncoder().encode('{"kind":"batch"');

function isBatch(value: Uint8Array): boolean {
  return BATCH.every((byte, i) => value[i] === byte);
}
