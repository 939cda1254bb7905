import {
  abortableSleep,
  Health,
  SEQUENCED_TOPICS,
  type PartitionWork,
  type ServiceContext,
} from '@hark/service';
import { Sequencer, type Log } from '@hark/streaming';
import type { KafkaLog, KafkaWriter } from '@hark/streaming/adapters';
import { Registry, type Metric } from 'prom-client';
import { IngestReports, type IngestReportsOptions } from '../reports/ingest-reports.js';

export interface SingleWorkOptions extends Omit<IngestReportsOptions, 'log' | 'writer'> {
  readonly log: KafkaLog;
  /** The same, its partitions read as one. */
  readonly sequenced: Log;
}

/** What a service of several partitions has once: the order of its records, and the reports. */
export class SingleWork implements PartitionWork {
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly sequencer: Sequencer,
    private readonly reports: IngestReports,
    private readonly measured: Registry,
    private readonly context: ServiceContext,
  ) {}

  static async open(
    writer: KafkaWriter,
    { log, sequenced, ...options }: SingleWorkOptions,
    context: ServiceContext,
  ): Promise<SingleWork> {
    const { partitions } = log;
    const sequencer = new Sequencer({
      ...{ log, writer, partitions, topics: SEQUENCED_TOPICS.ingest, sleep: abortableSleep },
    });
    await sequencer.recover();
    const metrics = new Registry();
    const health = new Health();
    const reports = await IngestReports.open(
      { ...options, log: sequenced, writer },
      { ...context, metrics, health },
    );
    context.health.report('reports', async () => (await health.status())['reports']);
    for (const metric of metrics.getMetricsAsArray())
      context.metrics.registerMetric(metric as unknown as Metric);
    return new SingleWork(sequencer, reports, metrics, context);
  }

  run(): Promise<void> {
    const work = [this.sequencer.run(this.ending.signal), this.reports.run()];
    this.running = Promise.allSettled(work);
    return Promise.all(work).then(() => undefined);
  }

  async stop(): Promise<void> {
    const { metrics, health } = this.context;
    this.ending.abort();
    await this.reports.stop();
    await this.running;
    for (const { name } of this.measured.getMetricsAsArray()) metrics.removeSingleMetric(name);
    health.report('reports', () => null);
  }
}
