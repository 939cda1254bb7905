import type { ReportCreated } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import { TopicDelivery, type KafkaOptions } from '@hark/streaming/adapters';
import type { BookedReport } from '../report-book.js';
import { KafkaSink, type KafkaSinkOptions, type KafkaSinkStatus } from './kafka-sink.js';

const LOOK_EVERY_MS = 200;

export interface KafkaSinksOptions extends Pick<KafkaSinkOptions, 'logger' | 'sleep'> {
  readonly log: LogReader;
  /** All reports, as they are now. */
  readonly reports: () => Iterable<BookedReport>;
  readonly delivery: (id: string) => KafkaSinkOptions['delivery'];
  /** Told of a report whose rows Kafka refuses. */
  readonly onRefused: (report: string, error: unknown) => void;
}

/** The Kafka sinks of all reports: one beside the other, so that what stops one concerns no other. */
export class KafkaSinks {
  private readonly sinks = new Map<string, { readonly sink: KafkaSink; readonly done: Promise<void> }>();
  /** Those whose reports are about to fail. */
  private readonly refused = new Set<string>();

  constructor(private readonly options: KafkaSinksOptions) {}

  status(): readonly KafkaSinkStatus[] {
    return [...this.sinks.values()].map(({ sink }) => sink.status());
  }

  /** Delivers until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { reports, sleep } = this.options;
    for (; !signal.aborted; await sleep(LOOK_EVERY_MS, signal)) {
      for (const { created, standstill } of reports()) {
        const { id, spec } = created;
        if (standstill === 'failed') this.refused.delete(id);
        else if (spec.sink?.type === 'kafka' && !this.sinks.has(id) && !this.refused.has(id))
          this.begin(created, signal);
      }
    }
    await Promise.all([...this.sinks.values()].map(({ done }) => done));
  }

  private begin(created: ReportCreated, signal: AbortSignal): void {
    const { log, logger, sleep, delivery, onRefused } = this.options;
    const { id, report } = created;
    const sink = new KafkaSink({ created, log, logger, sleep, delivery: delivery(id) });
    const done = sink
      .run(signal)
      .catch((error: unknown) => {
        this.refused.add(id);
        onRefused(report, error);
      })
      .finally(() => this.sinks.delete(id));
    this.sinks.set(id, { sink, done });
  }
}

/** Deliveries to a cluster, by the ids of the reports. */
export function deliveriesTo(kafka: KafkaOptions): KafkaSinksOptions['delivery'] {
  return (id) => new TopicDelivery(kafka, `report-${id}`);
}
