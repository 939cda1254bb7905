import { TOPICS } from '@hark/contracts';
import type { ArtifactStore, LogReader, LogWriter, RunnerOptions } from '@hark/streaming';
import type { Clock } from '../clock.js';
import { AlertDesk } from './alert-desk.js';
import { DeskRunner } from './desk-runner.js';
import { HeardDevices } from './heard-devices.js';
import { Observer, type ObserverOptions, type ReportHealth } from './observer.js';
import { RulesService } from './rules.service.js';
import { WebhookAllowList } from './webhooks/webhook-allow-list.js';
import type { ReceiverStatus } from './webhooks/webhook-receiver.js';
import { Webhooks, type WebhookOptions } from './webhooks/webhooks.js';

export interface AlertOptions extends Partial<ObserverOptions> {
  /** Without it there are no webhooks. */
  readonly webhooks?: WebhookOptions;
}

export interface AlertsOptions extends AlertOptions {
  readonly log: LogReader;
  readonly writer: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  readonly sleep: RunnerOptions['sleep'];
  readonly maxStepBytes: number;
  readonly onCorrupt?: RunnerOptions['onCorrupt'];
}

/** For `/v1/status`. */
export interface AlertsStatus {
  readonly rules: number;
  readonly watchedDevices: number;
  readonly silentDevices: number;
  readonly appsBehind: readonly string[];
  readonly webhooks: readonly ReceiverStatus[];
}

/** Everything that makes alerts, keeps them in one sequence and sends them out. */
export class Alerts {
  readonly rules: RulesService;
  /** To be told of the rows that come. */
  readonly heard: HeardDevices;
  /** Where webhooks may be sent. */
  readonly allowList: WebhookAllowList;
  private readonly desk = new AlertDesk();
  private readonly runner: DeskRunner;
  private readonly webhooks: Webhooks | null;

  constructor(private readonly options: AlertsOptions) {
    const { log, writer, clock, webhooks } = options;
    this.runner = new DeskRunner(options, this.desk, clock);
    this.heard = new HeardDevices(this.limits.silentAfterMs);
    this.allowList = webhooks?.allowList ?? new WebhookAllowList([]);
    this.rules = new RulesService(this.runner, writer, this.allowList);
    this.webhooks = webhooks === undefined ? null : new Webhooks(log, writer, clock, webhooks);
  }

  recover(): Promise<void> {
    return this.runner.recover();
  }

  /** @param unread records of `samples` that `heard` has not been told of. @param reports how they fare. */
  async run(
    signal: AbortSignal,
    unread: () => Promise<number>,
    reports: () => Iterable<ReportHealth>,
  ): Promise<void> {
    const { log, writer, clock } = this.options;
    const { desk, heard, limits } = this;
    const observer = new Observer(log, writer, clock, desk, heard, unread, limits, reports);
    await Promise.all([this.runner.run(signal), observer.run(signal), this.send(signal)]);
  }

  /** Resolves when the desk knows every rule that stands now. */
  async hasTakenRules(): Promise<void> {
    await this.runner.until(TOPICS.rules, await this.options.log.end(TOPICS.rules, 0), null);
  }

  lag(): Promise<number> {
    return this.runner.lag();
  }

  /** Has what it knows stored soon. */
  storeStateSoon(): void {
    this.runner.storeStateSoon();
  }

  status(): AlertsStatus {
    const { rules, world } = this.desk;
    const devices = [...world.devices.values()];
    return {
      rules: rules.size,
      watchedDevices: devices.length,
      silentDevices: devices.filter(({ silence }) => silence !== null).length,
      appsBehind: [...world.behind.keys()],
      webhooks: this.webhooks?.status() ?? [],
    };
  }

  private get limits(): ObserverOptions {
    const { silentAfterMs = 60_000, behindAfterMs = 30_000 } = this.options;
    return { silentAfterMs, behindAfterMs };
  }

  /** What stood in `alerts` before the start is announced first: a new receiver is not sent the past. */
  private async send(signal: AbortSignal): Promise<void> {
    if (this.webhooks === null) return;
    await this.runner.until(TOPICS.alerts, await this.options.log.end(TOPICS.alerts, 0), null);
    await this.webhooks.run(signal);
  }
}
