import { TOPICS, type ReportCreated, type ReportRecord } from '@hark/contracts';
import {
  LogAwayError,
  followKept,
  readKept,
  type LogReader,
  type LogRecord,
  type RunnerOptions,
} from '@hark/streaming';
import type { DeliveredMessage, TopicDelivery } from '@hark/streaming/adapters';
import type { Logger } from 'pino';
import { batchMessages } from './batch-messages.js';

/** Micro-batches of about so many bytes are delivered at once. */
const READ_BYTES = 1 << 20;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;

export interface KafkaSinkOptions {
  readonly created: ReportCreated;
  readonly log: LogReader;
  readonly delivery: Pick<TopicDelivery, 'begin' | 'deliver' | 'stand' | 'close'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly sleep: RunnerOptions['sleep'];
}

/** How far it has come: stored in Kafka, in one transaction with what was delivered. */
interface Position {
  /** Offset of the next record of the topic `reports`. */
  readonly next: number;
  /** Where the rows that come next go; null = nowhere. */
  readonly topic: string | null;
}

export interface KafkaSinkStatus {
  readonly report: string;
  readonly topic: string | null;
  /** Micro-batches since the start. */
  readonly batches: number;
  /** Why nothing can be delivered for now; null = all is well. */
  readonly away: string | null;
}

/**
 * The Kafka sink of one report: reads the topic `reports`, and delivers each micro-batch of the report exactly once.
 * While Kafka is away it waits, and the rows stand in the log.
 */
export class KafkaSink {
  private batches = 0;
  private topic: string | null = null;
  private away: string | null = null;

  constructor(private readonly options: KafkaSinkOptions) {}

  status(): KafkaSinkStatus {
    const { topic, batches, away } = this;
    return { report: this.options.created.report, topic, batches, away };
  }

  /**
   * Delivers until `signal` is aborted, or until what the report puts out goes to Kafka no more.
   * @throws KafkaRefusalError where Kafka refuses what no repetition would change.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { delivery, sleep, logger, created } = this.options;
    try {
      for (let pause = FIRST_RETRY_MS; !signal.aborted; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
        try {
          return await this.follow(signal);
        } catch (error) {
          if (!(error instanceof LogAwayError)) throw error;
          if (this.away === null) {
            pause = FIRST_RETRY_MS;
            logger.warn({ err: error, report: created.report }, 'a Kafka sink waits for Kafka');
          }
          this.away = error.message;
          await sleep(pause, signal);
        }
      }
    } finally {
      await delivery.close();
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let position: Position | null = await this.begin();
    this.topic = position.topic;
    if (await this.isDone(position)) return;
    for await (const records of followKept(this.options.log, TOPICS.reports, position.next, signal)) {
      position = await this.take(records, position);
      if (position === null) return;
      this.topic = position.topic;
      if (await this.isDone(position)) return;
    }
  }

  /** Whether the rows go nowhere, and no record stands that says otherwise. */
  private async isDone({ next, topic }: Position): Promise<boolean> {
    return topic === null && (await this.options.log.end(TOPICS.reports, 0)) <= next;
  }

  /** @returns what stands in Kafka; at first, what comes after the record by which the report was made. */
  private async begin(): Promise<Position> {
    const { delivery, created, log } = this.options;
    const stored = await delivery.begin();
    this.away = null;
    const stands = stored === null ? null : (JSON.parse(stored) as Position);
    const end = await log.end(TOPICS.reports, 0);
    if (stands !== null && stands.next <= end) return stands;
    // The log was put back from a copy that ends before.
    if (stands !== null) return this.stand({ ...stands, next: end });
    for (let next = 0; ;) {
      const { records } = await readKept(log, TOPICS.reports, next, READ_BYTES);
      // It is not kept any more: what comes after it is.
      if (records.length === 0) return this.stand({ next: 0, topic: topicOf(created) });
      for (const { offset, key, value } of records) {
        next = offset + 1;
        const said = key === created.report ? parsed(value) : null;
        if (said?.kind !== 'created' || said.id !== created.id) continue;
        return this.stand({ next, topic: topicOf(said) });
      }
    }
  }

  private async stand(position: Position): Promise<Position> {
    await this.options.delivery.stand(JSON.stringify(position));
    return position;
  }

  /** @returns where it stands with these records; null where the report is gone. */
  private async take(records: readonly LogRecord[], from: Position): Promise<Position | null> {
    const { created, delivery } = this.options;
    let { topic } = from;
    let messages: DeliveredMessage[] = [];
    let batches = 0;
    const deliver = async (next: number): Promise<void> => {
      if (topic === null || batches === 0) return;
      await delivery.deliver(topic, messages, JSON.stringify({ next, topic } satisfies Position));
      this.batches += batches;
      messages = [];
      batches = 0;
    };
    for (const { key, offset, value } of records) {
      const said = key === created.report ? parsed(value) : null;
      if (said?.kind === 'batch') {
        if (topic === null) continue;
        batches++;
        for (const message of batchMessages(said)) messages.push(message);
      } else if (said?.kind === 'replaced') {
        await deliver(offset);
        topic = topicOf(said);
      } else if (said?.kind === 'dropped') {
        await deliver(offset);
        return null;
      }
    }
    const next = records[records.length - 1].offset + 1;
    await deliver(next);
    return { next, topic };
  }
}

function topicOf({ spec }: ReportCreated): string | null {
  return spec.sink?.type === 'kafka' ? spec.sink.topic : null;
}

function parsed(value: Uint8Array): ReportRecord | null {
  try {
    return JSON.parse(new TextDecoder().decode(value)) as ReportRecord;
  } catch {
    return null;
  }
}
