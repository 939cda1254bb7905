import type { Sensor } from '@hark/contracts';
import { MessageSource, type KafkaOptions } from '@hark/streaming/adapters';
import type { Logger } from 'pino';
import type { SampleDoor } from '../front-door/sample-door.js';
import { readSampleBody } from '../front-door/sample-body.js';
import { renamedFields } from './renamed-fields.js';

export interface KafkaSourceOptions {
  readonly kafka: KafkaOptions;
  readonly topic: string;
  /** The consumer group: a name of its own for each service that reads the topic. */
  readonly group: string;
  /** Of rows that name none. */
  readonly sensor: Sensor | undefined;
  /** HHAR's names of fields by those of the topic. */
  readonly fields: ReadonlyMap<string, string>;
  readonly frontDoor: SampleDoor;
  readonly logger: Logger;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

export interface KafkaSourceStatus {
  readonly topic: string;
  /** Since the start. */
  readonly messages: number;
  readonly rows: number;
  readonly rejected: number;
}

const SOURCE = 'kafka';

/**
 * HHAR rows out of somebody else's topic, a JSON object a message. A message is taken as read when its rows are
 * durable: after a crash some come twice, and the windower counts their samples as duplicates.
 */
export class KafkaSource {
  private readonly source: MessageSource;
  private messages = 0;
  private rows = 0;
  private rejected = 0;

  constructor(private readonly options: KafkaSourceOptions) {
    this.source = new MessageSource(options.kafka, options.topic, options.group);
  }

  /** Resolves when reading has begun. */
  async start(): Promise<void> {
    await this.source.start((values) => this.take(values));
    this.options.logger.info({ topic: this.options.topic }, 'reading rows from Kafka');
  }

  async stop(): Promise<void> {
    await this.source.stop();
  }

  status(): KafkaSourceStatus {
    const { messages, rows, rejected } = this;
    return { topic: this.options.topic, messages, rows, rejected };
  }

  private async take(values: readonly Buffer[]): Promise<void> {
    const { frontDoor, sensor, fields, now } = this.options;
    // A row is a line: a line break between two fields would end it.
    const lines = values.map((value) => renamedFields(value.toString().replaceAll('\n', ' '), fields));
    const receivedMs = now();
    const body = await readSampleBody(Buffer.from(lines.join('\n')), 'json', {
      sensor,
      columns: undefined,
      activities: frontDoor.activities,
      receivedMs,
    });
    if (body.batch.rows + body.rejected > 0) await frontDoor.accept({ ...body, source: SOURCE, receivedMs });
    this.messages += values.length;
    this.rows += body.batch.rows;
    this.rejected += body.rejected;
  }
}
