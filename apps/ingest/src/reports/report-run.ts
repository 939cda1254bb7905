import { TOPICS, type ReportCreated, type ReportProgress } from '@hark/contracts';
import {
  Runner,
  type ArtifactStore,
  type InputRange,
  type LogReader,
  type LogWriter,
  type Processor,
  type RunnerOptions,
  type StepReport,
} from '@hark/streaming';
import { isoNanoseconds } from '@hark/streaming/files';
import { ReportProcessor, type MicroBatch, type RowsOf } from './report-processor.js';
import type { Ends } from './ends.js';
import type { ReportPlan } from './report-plans.js';
import type { RecordedSource } from './sources/recorded-source.js';
import { TriggerClock } from './trigger-clock.js';
import { TriggerReader } from './trigger-reader.js';

/** A micro-batch ends with the record that reaches this: some 100,000 rows, a few milliseconds. */
const STEP_BYTES = 1 << 22;
/** Little is read again after a crash; the state of a report is small as a rule. */
const SNAPSHOT_EVERY_BYTES = 1 << 24;
/** Of appended rows, so many of a micro-batch go to a sink that shows them. */
const NEWEST_ROWS = 10_000;

export interface ReportRunOptions {
  readonly created: ReportCreated;
  readonly plan: ReportPlan;
  readonly runId: string;
  readonly log: LogReader;
  readonly writer: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly sleep: RunnerOptions['sleep'];
  readonly rowsOf: RowsOf;
  /** What it reads from outside the log, as it stands there. */
  readonly openSources: () => Promise<readonly RecordedSource[]>;
  /** Wall clock, and a clock for durations; milliseconds. */
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly onProgress: (progress: ReportProgress) => void;
}

/** When the work on a micro-batch was where. */
interface Stopwatch {
  readonly wallMs: number;
  readonly began: number;
  processing: number;
  processed: number;
}

/** A report that runs: its runner takes one micro-batch a step, when its trigger says so. */
export class ReportRun {
  readonly clock: TriggerClock;
  /** Whether a trigger has begun and has not ended. */
  isActive = false;
  private readonly processor: ReportProcessor;
  private readonly runner: Runner;
  private readonly reader: TriggerReader;
  private readonly inputs: readonly { readonly topic: string; readonly partition: number }[];
  private watch: Stopwatch = { wallMs: 0, began: 0, processing: 0, processed: 0 };
  private beforeMs: number | null = null;
  private sources: readonly RecordedSource[] = [];

  constructor(private readonly options: ReportRunOptions) {
    const { created, plan, runId, rowsOf, log, writer, artifacts, sleep, elapsed } = options;
    const { report: name, spec } = created;
    const { sink } = spec;
    const newestRows =
      sink === undefined || sink.type === 'memory'
        ? (sink?.maxRows ?? NEWEST_ROWS)
        : sink.type === 'console'
          ? NEWEST_ROWS
          : Infinity;
    const { query, topics } = plan;
    this.clock = new TriggerClock(spec.trigger ?? null);
    this.processor = new ReportProcessor({ name, runId, plan: query, topics, rowsOf, newestRows });
    this.reader = new TriggerReader(log, elapsed);
    this.inputs = [...new Set(topics)].map((topic) => ({ topic, partition: 0 }));
    this.runner = new Runner({
      name: created.runner,
      log: this.reader,
      writer,
      artifacts,
      sleep,
      processor: this.timed(this.processor),
      inputs: this.inputs,
      maxStepBytes: STEP_BYTES,
      snapshotEveryBytes: SNAPSHOT_EVERY_BYTES,
      onStep: (step) => this.told(step),
    });
  }

  get name(): string {
    return this.options.created.report;
  }

  /** Brings the query to where its last step left it. */
  async recover(): Promise<void> {
    await this.runner.recover();
    this.sources = await this.options.openSources();
  }

  /** The state, and where it has read up to: what another logic goes on from. Between two steps alone. */
  async standing(): Promise<{ readonly state: Uint8Array; readonly inputs: readonly InputRange[] }> {
    const { inputs } = await this.runner.progress();
    return {
      state: this.processor.snapshot(),
      inputs: inputs.map(({ topic, partition, position }) => ({
        topic,
        partition,
        from: position,
        to: position,
      })),
    };
  }

  /** Records that it has not taken. */
  async lag(): Promise<number> {
    const { inputs } = await this.runner.progress();
    return inputs.reduce((sum, { lag }) => sum + lag, 0);
  }

  get stateOperators() {
    return this.processor.query.stateOperators();
  }

  /** Whether a trigger that is due may begin: its sources outside are there. */
  get isReady(): boolean {
    return this.sources.every(({ isReady }) => isReady);
  }

  /** What its sources outside wait for, told to the operator; null = nothing, undefined = it has none. */
  get waitsFor(): string | null | undefined {
    if (this.sources.length === 0) return undefined;
    const waiting = this.sources.flatMap(({ waitsFor }) => waitsFor ?? []);
    return waiting.length === 0 ? null : waiting.join(' ');
  }

  /** Begins a trigger: what stands in the log now, and what its sources outside have, is to be taken. */
  async fire(ends: Ends): Promise<void> {
    for (const source of this.sources) await source.begin();
    for (const { topic, partition } of this.inputs)
      this.reader.limit(topic, partition, await ends.of(topic, partition));
    this.clock.fire(this.options.now());
    this.isActive = true;
  }

  /**
   * Makes one micro-batch of the trigger that has begun; ends it where nothing is left.
   * @throws whatever ends the report.
   */
  async step(signal: AbortSignal): Promise<void> {
    const { now, elapsed } = this.options;
    this.watch = { wallMs: now(), began: elapsed(), processing: 0, processed: 0 };
    if (await this.runner.step(signal)) return;
    if (await this.record(signal)) return;
    this.isActive = false;
    this.clock.ended(now());
  }

  /** Has the next piece of what the trigger takes from outside put into the log. @returns false where nothing is left. */
  private async record(signal: AbortSignal): Promise<boolean> {
    for (const source of this.sources) {
      if (!(await source.record(signal))) continue;
      this.reader.limit(TOPICS.reportSources, 0, await this.options.log.end(TOPICS.reportSources, 0));
      return true;
    }
    return false;
  }

  /** Stores its state, so that the log need not keep what it has taken. Between two steps alone. */
  async storeState(signal: AbortSignal): Promise<void> {
    this.runner.storeStateSoon();
    // Beyond the end of its last trigger it reads nothing.
    if (!this.isActive && this.reader.isLimited) await this.runner.step(signal);
  }

  /** Notes when the processor begins and ends, which has no clock itself. */
  private timed(processor: ReportProcessor): Processor {
    const { elapsed } = this.options;
    return {
      process: (topic, partition, record) => {
        if (this.watch.processing === 0) this.watch.processing = elapsed();
        processor.process(topic, partition, record);
      },
      endStep: (outputs) => {
        processor.endStep(outputs);
        this.watch.processed = elapsed();
      },
      snapshot: () => processor.snapshot(),
      restore: (state) => processor.restore(state),
    };
  }

  private told(step: StepReport): void {
    const { last } = this.processor;
    if (last === null) return;
    void this.progressOf(step, last).then(this.options.onProgress, () => undefined);
  }

  private async progressOf(step: StepReport, batch: MicroBatch): Promise<ReportProgress> {
    const { created, runId, log, elapsed } = this.options;
    const { wallMs, began, processing, processed } = this.watch;
    const took = elapsed() - began;
    const getBatch = this.reader.takeReadingMs();
    const stateOperators = this.stateOperators.map(
      ({ operatorName, numRowsTotal, numRowsUpdated, numRowsRemoved, memoryUsedBytes, ...rest }) => ({
        operatorName,
        numRowsTotal,
        numRowsUpdated,
        numRowsRemoved,
        memoryUsedBytes,
        numRowsDroppedByWatermark: rest.numRowsDroppedByWatermark,
      }),
    );
    const perSecond = (ms: number): number => (ms > 0 ? (batch.inputRows * 1000) / ms : 0);
    const rates = {
      numInputRows: batch.inputRows,
      inputRowsPerSecond: this.beforeMs === null ? 0 : perSecond(wallMs - this.beforeMs),
      processedRowsPerSecond: perSecond(took),
    };
    this.beforeMs = wallMs;
    const offsets = (of: (range: InputRange) => number) =>
      Object.fromEntries(step.inputs.map((range) => [range.topic, { [range.partition]: of(range) }]));
    const latest = new Map<string, number>();
    for (const { topic, partition } of step.inputs) latest.set(topic, await log.end(topic, partition));
    const { sink } = created.spec;
    return {
      id: created.id,
      runId,
      name: created.report,
      timestamp: new Date(wallMs).toISOString(),
      batchId: batch.batchId,
      batchDuration: Math.round(took),
      ...rates,
      durationMs: {
        triggerExecution: Math.round(took),
        getBatch: Math.round(getBatch),
        addBatch: Math.round(processed - processing),
        commitOffsets: Math.max(0, Math.round(took - (processed - began))),
      },
      eventTime: eventTimeOf(batch.eventTime),
      stateOperators,
      sources: [
        {
          description: step.inputs.map(({ topic }) => `log[${topic}]`).join(', '),
          startOffset: offsets(({ from }) => from),
          endOffset: offsets(({ to }) => to),
          latestOffset: offsets(({ topic, to }) => latest.get(topic) ?? to),
          ...rates,
        },
      ],
      sink: { description: sink?.type ?? 'memory', numOutputRows: batch.outputRows },
    };
  }
}

function eventTimeOf(eventTime: MicroBatch['eventTime']): ReportProgress['eventTime'] {
  const told: Record<string, string> = {};
  for (const key of ['min', 'max', 'avg', 'watermark'] as const) {
    const at = eventTime?.[key] ?? null;
    if (at !== null) told[key] = isoNanoseconds(at);
  }
  return told;
}
