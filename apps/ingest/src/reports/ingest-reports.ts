import { TOPICS, type ReportSpec } from '@hark/contracts';
import { abortableSleep, type ServiceContext } from '@hark/service';
import { Runner, type ArtifactStore, type LogReader, type LogWriter } from '@hark/streaming';
import { FileSink, FolderStore } from '@hark/streaming/files';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KafkaSinks, deliveriesTo } from './kafka/kafka-sinks.js';
import type { ReportKafka } from './kafka/report-kafka.js';
import { ReportConsole } from './report-console.js';
import { ReportHost } from './report-host.js';
import { registerReportMetrics } from './report-metrics.js';
import { OutsideSources, reportOfKey } from './sources/outside-sources.js';
import { SOURCE_STATE } from './sources/recorded-source.js';
import { StaticTables } from './static-tables.js';

export interface IngestReportsOptions {
  readonly log: LogReader;
  readonly writer: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly dataFolder: string;
  /** Where the static tables are. */
  readonly staticFolder: string;
  readonly builtIn: readonly ReportSpec[];
  /** The cluster that reports may use; null = none. */
  readonly kafka: ReportKafka | null;
  /** Where the folders are that reports may read. */
  readonly filesFolder: string;
}

/** The reports with their sinks, as the app runs them. */
export class IngestReports {
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly host: ReportHost,
    private readonly files: Runner,
    private readonly console: ReportConsole,
    private readonly kafka: KafkaSinks | null,
    private readonly outside: OutsideSources,
  ) {}

  static async open(options: IngestReportsOptions, context: ServiceContext): Promise<IngestReports> {
    const { log, writer, artifacts, builtIn, kafka } = options;
    const { logger, metrics, health } = context;
    const { filesFolder } = options;
    const outside = new OutsideSources({ writer, filesFolder, kafka, now: Date.now, sleep: abortableSleep });
    const host = await ReportHost.open({
      ...{ log, writer, artifacts, builtIn, kafka, logger },
      statics: new StaticTables(options.staticFolder, artifacts),
      outside,
      sleep: abortableSleep,
      turn: () => new Promise((resolve) => setImmediate(resolve)),
      utilization: loopUtilization(),
      now: Date.now,
      elapsed: () => performance.now(),
      newId: randomUUID,
    });
    const folders = new FolderStore(join(options.dataFolder, 'reports'));
    const files = new Runner({
      ...{ name: 'report-files', log, writer, artifacts: folders, processor: new FileSink() },
      inputs: [{ topic: TOPICS.reports, partition: 0 }],
      maxStepBytes: 1 << 18,
      snapshotEveryBytes: 1 << 22,
      sleep: abortableSleep,
      onCorrupt: (error) =>
        logger.error({ err: error }, `${error.message}; files of reports go on without it`),
    });
    await folders.clean();
    await files.recover();
    registerReportMetrics(metrics, host);
    health.report('reports', () => statusOf(host));
    const find = (name: string) => host.find(name);
    const sinks =
      kafka &&
      new KafkaSinks({
        ...{ log, logger, sleep: abortableSleep },
        reports: () => host.reports,
        delivery: deliveriesTo(kafka.options),
        onRefused: (report, error) => host.failSoon(report, error),
      });
    if (sinks !== null) health.report('reportSinks', () => sinks.status());
    return new IngestReports(host, files, new ReportConsole(log, logger, find), sinks, outside);
  }

  /** Whether a runner is that of a report that is gone. */
  isObsolete(runner: string): boolean {
    if (runner.startsWith(SOURCE_STATE))
      return !this.host.knowsId(reportOfKey(runner.slice(SOURCE_STATE.length)));
    return runner.startsWith('report:') && !this.host.knows(runner);
  }

  /** Has the runners of the reports store their states soon. */
  storeStatesSoon(): void {
    this.host.storeStatesSoon();
    this.files.storeStateSoon();
  }

  /** Runs until {@link stop}; rejects when the log can't be written any more. */
  run(): Promise<void> {
    const { signal } = this.ending;
    const sinks = [this.files.run(signal), this.console.run(signal), this.kafka?.run(signal)];
    const work = [this.host.run(signal), ...sinks];
    this.running = Promise.allSettled(work);
    return Promise.all(work).then(() => undefined);
  }

  /** Resolves when the micro-batch under way stands. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.outside.close();
  }
}

function loopUtilization(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

function statusOf(host: ReportHost): Record<string, unknown> {
  return Object.fromEntries(
    [...host.reports].map(({ created, standstill }) => [created.report, standstill ?? 'running']),
  );
}
