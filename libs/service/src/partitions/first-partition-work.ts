import { Sequencer, type Log, type LogWriter } from '@hark/streaming';
import { Registry, type Metric } from 'prom-client';
import { abortableSleep } from '../abortable-sleep.js';
import type { ServiceContext } from '../service-context.js';
import type { PartitionWork } from './held-partitions.js';

export interface FirstPartitionWorkOptions {
  readonly log: Pick<Log, 'read' | 'end' | 'changed'> & { readonly partitions: number };
  /** Of the first partition. */
  readonly writer: LogWriter;
  /** What the processes of the app write, to be read in one order. */
  readonly topics: readonly string[];
  /** Opens what else there is once; its metrics are shown while it is done here. */
  readonly beside: (metrics: Registry) => Promise<PartitionWork>;
}

/** What an app of several processes has once, done where the first partition is: the order of what they write, and other work. */
export class FirstPartitionWork implements PartitionWork {
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly sequencer: Sequencer,
    private readonly beside: PartitionWork,
    private readonly measured: Registry,
    private readonly metrics: Registry,
  ) {}

  static async open(
    { log, writer, topics, beside }: FirstPartitionWorkOptions,
    { metrics }: Pick<ServiceContext, 'metrics'>,
  ): Promise<FirstPartitionWork> {
    const { partitions } = log;
    const sequencer = new Sequencer({ log, writer, partitions, topics, sleep: abortableSleep });
    await sequencer.recover();
    const measured = new Registry();
    const work = await beside(measured);
    for (const metric of measured.getMetricsAsArray()) metrics.registerMetric(metric as unknown as Metric);
    return new FirstPartitionWork(sequencer, work, measured, metrics);
  }

  run(): Promise<void> {
    const work = [this.sequencer.run(this.ending.signal), this.beside.run()];
    this.running = Promise.allSettled(work);
    return Promise.all(work).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.beside.stop();
    await this.running;
    for (const { name } of this.measured.getMetricsAsArray()) this.metrics.removeSingleMetric(name);
  }
}
