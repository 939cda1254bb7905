import { TOPICS, problem, type ReportCommand } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import {
  Runner,
  type ArtifactStore,
  type LogReader,
  type LogWriter,
  type RunnerOptions,
} from '@hark/streaming';
import type { DeliveryOptions } from '../alerts/webhooks/webhook-receiver.js';
import type { ReportHealth } from '../alerts/observer.js';
import type { Clock } from '../clock.js';
import { logRefusal } from '../http/log-refusal.js';
import type { LiveHub } from '../live/live-hub.js';
import { REPORT_DESK_TOPICS, ReportDesk, type CommandOutcome } from './report-desk.js';
import { ReportWebhooks } from './report-webhooks.js';
import { ReportChannel } from './report-channel.js';

const SNAPSHOT_EVERY_BYTES = 16_777_216;
/** How long somebody waits for ingest's answer. */
const ANSWER_LIMIT_MS = 10_000;

export interface ReportsOptions {
  readonly log: LogReader & { readonly epoch: string };
  readonly writer: LogWriter;
  /** Takes the desk's state, which every gateway derives by itself. */
  readonly derived: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  readonly sleep: RunnerOptions['sleep'];
  readonly maxStepBytes: number;
  readonly onCorrupt?: RunnerOptions['onCorrupt'];
  /** Without it there are no webhooks. */
  readonly webhooks?: DeliveryOptions | undefined;
}

/** The reports as the log tells of them, their live channels, and the way to ask ingest for changes. */
export class Reports {
  readonly desk = new ReportDesk();
  private readonly runner: Runner;
  private readonly waiting = new Set<() => void>();
  /** Reports that have a channel. */
  private readonly opened = new Set<string>();
  /** Changes are made one after the other, so that each is held against what stands. */
  private before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: ReportsOptions,
    private readonly hub: Pick<LiveHub, 'open' | 'close'>,
  ) {
    this.runner = new Runner({
      ...options,
      writer: options.derived,
      name: 'report-desk',
      processor: this.desk,
      inputs: REPORT_DESK_TOPICS.map((topic) => ({ topic, partition: 0 })),
      snapshotEveryBytes: SNAPSHOT_EVERY_BYTES,
      onStep: () => {
        this.openChannels();
        for (const look of [...this.waiting]) look();
      },
    });
  }

  async recover(): Promise<void> {
    await this.runner.recover();
    this.openChannels();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.runner.run(signal);
  }

  /** See {@link Runner.storeStateSoon}. */
  storeStateSoon(): void {
    this.runner.storeStateSoon();
  }

  /** Sends what webhooks are to get, until `signal` is aborted. */
  async send(signal: AbortSignal): Promise<void> {
    const { log, writer, clock, webhooks } = this.options;
    if (webhooks !== undefined) await new ReportWebhooks(log, writer, clock, this.desk, webhooks).run(signal);
  }

  /** Resolves when the desk knows every command that stands now. */
  async hasTakenCommands(): Promise<void> {
    const end = await this.options.log.end(TOPICS.reportCommands, 0);
    await this.until(() => this.desk.commandsTaken >= end);
  }

  /** Records that wait for the desk. */
  async lag(): Promise<number> {
    const { inputs } = await this.runner.progress();
    return inputs.reduce((sum, { lag }) => sum + lag, 0);
  }

  /**
   * Stores a command and waits until ingest has answered it. A command with a key that was used before is not stored
   * again: it gets the answer of the first.
   *
   * @throws ProblemError what ingest refuses with; 422 when the key was used for another command, 503 when the disk is
   * full or ingest does not answer.
   */
  async ask(command: ReportCommand, key: string | undefined): Promise<void> {
    const offset = await this.inTurn(() => this.store({ ...command, ...(key !== undefined && { key }) }));
    const outcome = await this.outcome(offset);
    if (outcome === null) {
      const detail =
        `The request stands in the log (${TOPICS.reportCommands}/${offset}) and takes effect when ingest is back; ` +
        'repeat it with its Idempotency-Key only.';
      throw new ProblemError(problem(503, 'ingest_silent', 'No answer from ingest', detail), {
        'retry-after': '10',
      });
    }
    if (outcome.refusal === null) return;
    const { status, code, message, field, rule } = outcome.refusal;
    throw new ProblemError({
      ...problem(status, code, 'Refused', message),
      ...(field !== undefined && { field }),
      ...(rule !== undefined && { rule }),
    });
  }

  /** How each report fares. */
  health(): ReportHealth[] {
    return [...this.desk.reports.values()].map((each) => each.health());
  }

  /** How many there are of each state. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { state } of this.desk.reports.values()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /** Whether a command came with this key before. */
  knows(key: string | undefined): boolean {
    return key !== undefined && this.desk.byKey(key) !== undefined;
  }

  private async store(command: ReportCommand): Promise<number> {
    const before = command.key === undefined ? undefined : this.desk.byKey(command.key);
    if (before !== undefined) {
      const [offset, stored] = before;
      if (JSON.stringify(stored) === JSON.stringify(command)) return offset;
      const detail = 'This Idempotency-Key came with another request before; nothing has changed.';
      throw new ProblemError(problem(422, 'idempotency_key_reused', 'Idempotency key reused', detail));
    }
    const { writer } = this.options;
    const value = Buffer.from(JSON.stringify(command));
    try {
      const { firstOffsets } = await writer.commit({
        appends: [{ topic: TOPICS.reportCommands, partition: 0, records: [{ key: command.name, value }] }],
      });
      await writer.durable();
      // The key is known from here on.
      await this.until(() => this.desk.commandsTaken > firstOffsets[0]);
      return firstOffsets[0];
    } catch (error) {
      throw logRefusal(error);
    }
  }

  private async outcome(offset: number): Promise<CommandOutcome | null> {
    await this.until(() => this.desk.outcome(offset) !== null);
    return this.desk.outcome(offset);
  }

  /** Resolves when the desk has come to where the condition is met, or after {@link ANSWER_LIMIT_MS}. */
  private until(met: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (met()) done();
      };
      const cancel = this.options.clock.after(ANSWER_LIMIT_MS, done);
      this.waiting.add(look);
      look();
    });
  }

  private inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.before.then(change);
    this.before = done.catch(() => undefined);
    return done;
  }

  /** A channel for each report that there is, and for no other. */
  private openChannels(): void {
    const { reports } = this.desk;
    for (const name of this.opened) {
      if (reports.has(name)) continue;
      this.opened.delete(name);
      this.hub.close(`report:${name}`);
    }
    for (const name of reports.keys()) {
      if (this.opened.has(name)) continue;
      this.opened.add(name);
      this.hub.open(`report:${name}`, new ReportChannel(name, this.options.log, this.desk));
    }
  }
}
