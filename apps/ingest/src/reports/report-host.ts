import {
  TOPICS,
  type ReportCommand,
  type ReportCreated,
  type ReportProgress,
  type ReportRefusal,
  type ReportSpec,
} from '@hark/contracts';
import {
  FencedError,
  LogClosedError,
  LogFullError,
  type ArtifactStore,
  type LogReader,
  type LogRecord,
  type LogWriter,
  type RunnerOptions,
} from '@hark/streaming';
import { planCompatibility, type RowBatch, type SourceRows } from '@hark/streaming/queries';
import type { Logger } from 'pino';
import { Ends } from './ends.js';
import { FairShare } from './fair-share.js';
import type { ReportKafka } from './kafka/report-kafka.js';
import { KeptProgress } from './kept-progress.js';
import type { BookedReport } from './report-book.js';
import { ReportCommands } from './report-commands.js';
import { ReportError, describeFailure } from './report-failure.js';
import { ReportLedger } from './report-ledger.js';
import { ReportNotices } from './report-notices.js';
import { ReportPlanner } from './report-planner.js';
import type { ReportPlan } from './report-plans.js';
import { FROM_THE_FIRST, MOST_REPORTS, TOO_MANY, reportExists, unknownReport } from './report-refusals.js';
import { ReportRun } from './report-run.js';
import { SharedReader } from './shared-reader.js';
import { SharedRecord } from './shared-record.js';
import { recordedKey, type OutsideSources } from './sources/outside-sources.js';
import type { StaticTables } from './static-tables.js';

/** How often commands and triggers are looked for while nothing is being done, and static tables. */
const LOOK_EVERY_MS = 50;
const LOOK_AT_STATICS_EVERY_MS = 5000;

export interface ReportHostOptions {
  readonly log: LogReader;
  /** The writer of ingest. */
  readonly writer: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly statics: StaticTables;
  /** The cluster that reports may use; null = none. */
  readonly kafka: ReportKafka | null;
  /** Opens what reports read from outside the log. */
  readonly outside: OutsideSources;
  /** Reports that come with the service. */
  readonly builtIn: readonly ReportSpec[];
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly sleep: RunnerOptions['sleep'];
  /** Resolves once everything else that is due has had its turn. */
  readonly turn: () => Promise<void>;
  /** Share of the time since the last call in which the event loop was busy, 0 to 1. */
  readonly utilization: () => number;
  /** Wall clock, and a clock for durations; milliseconds. */
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly newId: () => string;
}

/**
 * Runs the reports, each with a runner of its own, so that it fails, stops and goes on by itself. They take turns: one
 * micro-batch of each whose trigger is due, in steps so small that what else the process does is not held up. Reports
 * that are due together read and decode each record once.
 */
export class ReportHost {
  private readonly runs = new Map<string, ReportRun>();
  private readonly reader: SharedReader;
  private readonly share: FairShare;
  private readonly notices: ReportNotices;
  private readonly commands: ReportCommands;
  private readonly kept: KeptProgress;
  private readonly planner: ReportPlanner;
  private storeAsked = false;
  /** Reports whose sinks can't go on, with the reason. */
  private readonly refused = new Map<string, unknown>();

  private constructor(
    private readonly options: ReportHostOptions,
    private readonly ledger: ReportLedger,
  ) {
    this.reader = new SharedReader(options.log, options.turn);
    this.commands = new ReportCommands(options.log, ledger, () => this.at());
    this.kept = new KeptProgress(options.writer);
    this.planner = new ReportPlanner(options.statics, options.kafka);
    this.share = new FairShare(options.sleep, options.utilization);
    this.notices = new ReportNotices((report, message) =>
      ledger.tell({ kind: 'notice', report, at: this.at(), message }),
    );
  }

  /** @throws StateFormatError when the book in the log is of another version. */
  static async open(options: ReportHostOptions): Promise<ReportHost> {
    return new ReportHost(options, await ReportLedger.open(options.writer, options.sleep));
  }

  /** All reports, with why each stands still. */
  get reports(): Iterable<BookedReport> {
    return this.ledger.book.reports;
  }

  find(name: string): ReportCreated | undefined {
    return this.ledger.book.get(name)?.created;
  }

  /** The last progress of each report that runs, by its name. */
  get progress(): ReadonlyMap<string, ReportProgress> {
    return this.kept.last;
  }

  /** Those that run. */
  get running(): Iterable<ReportRun> {
    return this.runs.values();
  }

  /** Whether the book names a runner: others were of reports that are gone. */
  knows(runner: string): boolean {
    return [...this.ledger.book.reports].some(({ created }) => created.runner === runner);
  }

  /** Whether there is a report of this id. */
  knowsId(id: string): boolean {
    return [...this.ledger.book.reports].some(({ created }) => created.id === id);
  }

  /** Asks for the states of all that run to be stored: each with its next step, or now where none is due. */
  storeStatesSoon(): void {
    this.storeAsked = true;
  }

  /** Has a report fail whose sink can't go on. */
  failSoon(name: string, error: unknown): void {
    this.refused.set(name, error);
  }

  /** To be told of every micro-batch. */
  onProgress(listener: (progress: ReportProgress) => void): void {
    this.kept.onProgress(listener);
  }

  /** Runs the reports until `signal` is aborted. @throws what ends the writer. */
  async run(signal: AbortSignal): Promise<void> {
    const { sleep, now } = this.options;
    await this.begin();
    let lookAtStaticsMs = 0;
    while (!signal.aborted) {
      await this.commands.take((command, offset) => this.done(command, offset));
      await this.failRefused();
      const worked = await this.round(signal);
      this.kept.store();
      if (this.storeAsked) await this.storeStates(signal);
      if (worked) continue;
      this.reader.forget();
      await sleep(LOOK_EVERY_MS, signal);
      if (now() < lookAtStaticsMs) continue;
      await this.takeStatics();
      lookAtStaticsMs = now() + LOOK_AT_STATICS_EVERY_MS;
    }
  }

  private async storeStates(signal: AbortSignal): Promise<void> {
    this.storeAsked = false;
    for (const run of [...this.runs.values()]) await run.storeState(signal);
  }

  /** Brings back what ran, and makes the book agree with the settings. */
  private async begin(): Promise<void> {
    const { builtIn } = this.options;
    for (const { created, standstill } of [...this.ledger.book.reports]) {
      const wanted = builtIn.find(({ name }) => name === created.report);
      if (standstill === null && created.builtIn && wanted === undefined) {
        await this.ledger.tell({
          kind: 'stopped',
          report: created.report,
          at: this.at(),
          reason: 'setting',
          command: null,
        });
      } else if (standstill === 'setting' && wanted !== undefined) {
        await this.ledger.tell({ kind: 'started', report: created.report, at: this.at(), command: null });
        await this.start(created);
      } else if (standstill === null) await this.start(created);
    }
    for (const spec of builtIn) {
      const known = this.ledger.book.get(spec.name)?.created;
      if (known === undefined) {
        if (!this.ledger.book.wasDropped(spec.name)) await this.beginAnew(spec);
      } else if (known.builtIn && JSON.stringify(known.spec) !== JSON.stringify(spec)) {
        const refusal = await this.replace(known, spec, null);
        if (refusal !== null) await this.beginAnew(spec);
      }
    }
  }

  /** @returns why it can't be done; null = it was. */
  private async done(command: ReportCommand, offset: number): Promise<ReportRefusal | null> {
    const { name } = command;
    const known = this.ledger.book.get(name);
    if (command.kind === 'create') {
      const { spec, replace, startingOffsets } = command;
      if (known !== undefined)
        return replace ? this.replace(known.created, spec, offset) : reportExists(name);
      if (this.ledger.book.size >= MOST_REPORTS) return TOO_MANY;
      return this.create(spec, startingOffsets, offset);
    }
    if (known === undefined) return unknownReport(name);
    const at = this.at();
    switch (command.kind) {
      case 'stop':
        this.end(name);
        await this.ledger.tell({ kind: 'stopped', report: name, at, reason: 'asked', command: offset });
        return null;
      case 'restart':
        this.end(name);
        await this.ledger.tell({ kind: 'started', report: name, at, command: offset });
        await this.start(known.created);
        return null;
      case 'drop':
        this.end(name);
        await this.ledger.tell({ kind: 'dropped', report: name, at, command: offset });
        return null;
    }
  }

  private async create(
    spec: ReportSpec,
    startingOffsets: 'earliest' | 'latest',
    command: number | null,
  ): Promise<ReportRefusal | null> {
    const { log, newId } = this.options;
    const statics = await this.planner.current(spec);
    const plan = await this.planner.plan(spec, statics);
    if (!('query' in plan)) return plan;
    const id = newId();
    const created: ReportCreated = {
      kind: 'created',
      report: spec.name,
      id,
      runner: `report:${id}`,
      spec,
      statics,
      builtIn: command === null,
      at: this.at(),
      command,
    };
    const isOutside = plan.topics.includes(TOPICS.reportSources);
    if (isOutside && startingOffsets === 'latest') return FROM_THE_FIRST;
    const inputs = [];
    for (const topic of new Set(plan.topics)) {
      // Nothing that others have read from outside is for it.
      if (startingOffsets === 'earliest' && topic !== TOPICS.reportSources) continue;
      const end = await log.end(topic, 0);
      inputs.push({ topic, partition: 0, from: end, to: end });
    }
    if (inputs.length > 0)
      await this.ledger.commit({ appends: [], step: { runner: created.runner, inputs } });
    await this.ledger.tell(created);
    await this.start(created);
    return null;
  }

  /**
   * Lets another logic go on from the state of the one that stands. Its runner has a name of its own, so that steps
   * executed again are always executed by the logic that they were taken by.
   */
  private async replace(
    known: ReportCreated,
    spec: ReportSpec,
    command: number | null,
  ): Promise<ReportRefusal | null> {
    const { newId } = this.options;
    const statics = await this.planner.current(spec);
    const plan = await this.planner.plan(spec, statics);
    if (!('query' in plan)) return plan;
    const before = await this.planner.plan(known.spec, known.statics);
    if (!('query' in before)) return before;
    const compatibility = planCompatibility(before.query, plan.query);
    if (!compatibility.compatible) {
      const { reason, whatToDo } = compatibility;
      return { status: 409, code: 'incompatible_change', message: `${reason} ${whatToDo}` };
    }
    const run = this.runs.get(spec.name) ?? this.runOf(known, before);
    if (!this.runs.has(spec.name)) await run.recover();
    const { state, inputs } = await run.standing();
    this.runs.delete(spec.name);
    const runner = `report:${known.id}:${newId()}`;
    await this.ledger.commit({ appends: [], step: { runner, inputs }, snapshot: state });
    const { id, builtIn } = known;
    const created: ReportCreated = {
      kind: 'replaced',
      report: spec.name,
      id,
      runner,
      spec,
      statics,
      builtIn,
      at: this.at(),
      command,
    };
    await this.ledger.tell(created);
    await this.start(created);
    return null;
  }

  /**
   * A static table that has changed is another logic. A report that came with the service begins anew with it; others
   * go on from where they stand, as what was executed with the old one stays so.
   */
  private async takeStatics(): Promise<void> {
    for (const { created, standstill } of [...this.reports]) {
      if (standstill !== null || Object.keys(created.statics).length === 0) continue;
      const statics = await this.planner.current(created.spec);
      if (JSON.stringify(statics) === JSON.stringify(created.statics)) continue;
      if (created.builtIn) await this.beginAnew(created.spec);
      else await this.replace(created, created.spec, null);
    }
  }

  private async beginAnew(spec: ReportSpec): Promise<void> {
    this.end(spec.name);
    const refusal = await this.create(spec, 'earliest', null);
    if (refusal !== null)
      this.options.logger.error({ report: spec.name, ...refusal }, 'a built-in report is refused');
  }

  /** Brings a report back to where its last step left it; it fails by itself. */
  private async start(created: ReportCreated): Promise<void> {
    const { report: name } = created;
    try {
      const plan = await this.planner.plan(created.spec, created.statics);
      if (!('query' in plan)) throw new ReportError(plan.code, plan.message);
      const run = this.runOf(created, plan);
      await run.recover();
      this.runs.set(name, run);
      await this.notices.begun(created);
    } catch (error) {
      await this.fail(name, error);
    }
  }

  private runOf(created: ReportCreated, plan: ReportPlan): ReportRun {
    const { writer, artifacts, sleep, now, elapsed, newId } = this.options;
    return new ReportRun({
      ...{ created, plan, writer, artifacts, sleep, now, elapsed },
      runId: newId(),
      log: this.reader,
      rowsOf: (input, record) => {
        // Of what all reports have read from outside, its own alone.
        const isForeign =
          plan.topics[input] === TOPICS.reportSources && record.key !== recordedKey(created, input);
        return isForeign ? null : rowsOf(plan.sources[input], record);
      },
      openSources: () =>
        this.options.outside.open(
          created,
          plan.query.inputs.map(({ from }) => from),
        ),
      onProgress: (progress) => this.kept.made(progress),
    });
  }

  /** One micro-batch of each report whose trigger is due. @returns false when none is. */
  private async round(signal: AbortSignal): Promise<boolean> {
    const { now, elapsed } = this.options;
    let worked = false;
    // Together, so that they stop at the same record and read the same from there the next time.
    const ends = new Ends(this.options.log);
    for (const [name, run] of [...this.runs]) {
      try {
        if (!run.isActive && run.clock.isDue(now()) && run.isReady) await run.fire(ends);
        const created = this.find(name);
        if (created !== undefined) await this.notices.waiting(created, run.waitsFor);
      } catch (error) {
        await this.fail(name, error);
      }
    }
    for (const [name, run] of [...this.runs]) {
      try {
        if (!run.isActive) continue;
        const began = elapsed();
        await run.step(signal);
        await this.share.rest(elapsed() - began, signal);
        worked ||= run.isActive;
        if (!run.isActive && run.clock.isSingle) await this.finish(name);
      } catch (error) {
        await this.fail(name, error);
      }
      if (signal.aborted) return false;
    }
    return worked;
  }

  private async finish(name: string): Promise<void> {
    this.end(name);
    await this.ledger.tell({
      kind: 'stopped',
      report: name,
      at: this.at(),
      reason: 'finished',
      command: null,
    });
  }

  /** A report that throws is stopped and shown; the others go on. @throws what ends the writer itself. */
  private async fail(name: string, error: unknown): Promise<void> {
    if (error instanceof FencedError || error instanceof LogClosedError) throw error;
    this.runs.delete(name);
    if (error instanceof LogFullError) return;
    const { code, message } = describeFailure(error);
    this.options.logger.error({ err: error, report: name }, 'a report has failed; nothing else is concerned');
    await this.ledger.tell({ kind: 'failed', report: name, at: this.at(), error: { code, message } });
  }

  private async failRefused(): Promise<void> {
    const refused = [...this.refused];
    this.refused.clear();
    for (const [name, error] of refused) if (this.ledger.book.get(name)) await this.fail(name, error);
  }

  private end(name: string): void {
    this.runs.delete(name);
    this.kept.forget(name);
    this.notices.forget(name);
  }

  private at(): string {
    return new Date(this.options.now()).toISOString();
  }
}

/** What the shared reader has read is decoded once, however many reports take it. */
function rowsOf(source: SourceRows, record: LogRecord): RowBatch | null {
  return record instanceof SharedRecord ? record.rows(source) : source.rows(record);
}
