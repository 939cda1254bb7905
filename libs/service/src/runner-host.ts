import {
  LogAwayError,
  Runner,
  partitionKey,
  type LogReader,
  type RepeatedDifference,
  type RunnerOptions,
} from '@hark/streaming';
import { Counter, Gauge } from 'prom-client';
import { abortableSleep } from './abortable-sleep.js';
import type { ServiceContext } from './service-context.js';

/** Where a runner stands, as its app's status page says it. */
export interface RunnerStatus {
  /** Records taken since the process started. */
  readonly records: number;
  /** Records of its inputs whose outputs do not stand yet. */
  readonly lagRecords: number;
  readonly inputs: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly position: number;
    readonly end: number;
  }[];
}

export interface RunnerHostOptions extends Omit<
  RunnerOptions,
  'sleep' | 'onStep' | 'onCorrupt' | 'onFull' | 'repeated'
> {
  /** With more records than this waiting the app is not ready; absent = any number may wait. */
  readonly maxLagRecords?: number;
  /**
   * What the runner alone says there after reading artifacts, which can be damaged without a record being so: it is
   * compared when steps are executed again, and a difference is logged.
   */
  readonly saidOfArtifacts?: string;
}

/** Runs a runner within an app: recovery before the app is ready, metrics, lag, a clean end. */
export class RunnerHost {
  private readonly runner: Runner;
  private readonly log: LogReader;
  private readonly stopping = new AbortController();
  /** Next offset of each input, by `topic/partition`. */
  private readonly committed = new Map<string, number>();
  private records = 0;
  /** Why the log takes no step for now. */
  private refused: string | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: RunnerHostOptions,
    private readonly context: Pick<ServiceContext, 'logger' | 'metrics' | 'health'>,
  ) {
    const { logger, metrics, health } = context;
    const { name, saidOfArtifacts: said } = options;
    const measured = `hark_${name.replaceAll('-', '_')}`;
    this.log = options.log;
    const taken = new Counter({
      name: `${measured}_records_total`,
      help: `Records that the ${name} has taken`,
      registers: [metrics],
    });
    const bytes = new Counter({
      name: `${measured}_bytes_total`,
      help: `Bytes of input that the ${name} has taken`,
      registers: [metrics],
    });
    new Gauge({
      name: `${measured}_lag_records`,
      help: `Records of its inputs whose outputs do not stand yet`,
      registers: [metrics],
      collect: async function () {
        this.set((await status()).lagRecords);
      },
    });
    const status = () => this.status();
    this.runner = new Runner({
      ...options,
      ...(said !== undefined && {
        repeated: { topic: said, onDifference: (difference) => this.tellDifference(difference) },
      }),
      sleep: abortableSleep,
      onStep: (step) => {
        this.refused = null;
        this.records += step.records;
        taken.inc(step.records);
        bytes.inc(step.bytes);
        for (const { topic, partition, to } of step.inputs)
          this.committed.set(partitionKey(topic, partition), to);
      },
      onCorrupt: (error) => logger.error({ err: error }, `${error.message}; the ${name} goes on without it`),
      onFull: (error) => {
        const away = error instanceof LogAwayError;
        // That Kafka is away is said where it is noticed first.
        if (this.refused === null && !away)
          logger.error({ err: error }, `the disk is full: the ${name} waits for room, nothing is lost`);
        this.refused = away ? 'Kafka is away' : 'the disk is full';
      },
    });
    health.require(name, () => this.missing());
    health.report(name, () => this.status());
  }

  /** Brings the processor to where it was left. */
  async recover(): Promise<void> {
    const started = performance.now();
    const recovery = await this.runner.recover();
    for (const { topic, partition, position } of (await this.runner.progress()).inputs)
      this.committed.set(partitionKey(topic, partition), position);
    this.context.logger.info(
      { ...recovery, milliseconds: Math.round(performance.now() - started) },
      `${this.options.name} resumed`,
    );
  }

  /** Takes steps until {@link stop}; rejects when it cannot go on. */
  run(): Promise<void> {
    this.running = this.runner.run(this.stopping.signal);
    return this.running;
  }

  /** See {@link Runner.storeStateSoon}. */
  storeStateSoon(): void {
    this.runner.storeStateSoon();
  }

  /** Resolves when the step under way stands. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running.catch(() => undefined);
  }

  private tellDifference({ topic, offset, stored, computed }: RepeatedDifference): void {
    const text = (value: Uint8Array) => Buffer.from(value).toString('utf8');
    this.context.logger.error(
      { topic, offset, stored: text(stored), computed: text(computed) },
      `record ${offset} of ${topic}/0 comes out otherwise when its step is executed again: ` +
        `the ${this.options.name} goes on with ${text(computed)}`,
    );
  }

  private async missing(): Promise<string | null> {
    if (this.refused !== null) return this.refused;
    if (this.options.writer.isFenced?.() === true) return 'another process has taken over this log';
    const { maxLagRecords = Infinity } = this.options;
    if (maxLagRecords === Infinity) return null;
    const { lagRecords } = await this.status();
    return lagRecords > maxLagRecords ? `${lagRecords} records wait, more than ${maxLagRecords}` : null;
  }

  async status(): Promise<RunnerStatus> {
    const inputs = [];
    for (const { topic, partition } of this.options.inputs) {
      inputs.push({
        topic,
        partition,
        position: this.committed.get(partitionKey(topic, partition)) ?? 0,
        end: await this.log.end(topic, partition),
      });
    }
    const lagRecords = inputs.reduce((sum, { position, end }) => sum + Math.max(0, end - position), 0);
    return { records: this.records, lagRecords, inputs };
  }
}
