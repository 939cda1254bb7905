import { TOPICS, toIsoTime, type Observation } from '@hark/contracts';
import { LogFullError, type LogReader, type LogWriter } from '@hark/streaming';
import type { Clock } from '../clock.js';
import type { AlertDesk } from './alert-desk.js';
import type { HeardDevices } from './heard-devices.js';
import { pause } from './pause.js';
import { WaitingRecords } from './waiting-records.js';

export interface ObserverOptions {
  /** A device that has sent nothing for this long is silent; wall clock. */
  readonly silentAfterMs: number;
  /** An app is behind when a record has waited for it for this long; wall clock. */
  readonly behindAfterMs: number;
}

/** How a report fares. */
export interface ReportHealth {
  readonly report: string;
  /** Why it has failed; null = it has not. */
  readonly failed: string | null;
  /** How rows come faster than it takes them, and for how long they have; null = they don't. */
  readonly slow: string | null;
  readonly slowForMs: number;
}

/**
 * Looks at the wall clock and writes what it sees to `observations`: devices silent or heard again, apps behind or
 * caught up, reports that have failed or are slow. What is known already stands at the desk; nothing is written twice.
 * The time before its start counts for nobody's silence or delay: the gateway itself may have been away.
 */
export class Observer {
  private readonly startedMs: number;
  private readonly apps: readonly WaitingRecords[];

  /** @param unread records of `samples` that `heard` has not been told of. */
  constructor(
    private readonly log: LogReader,
    private readonly writer: LogWriter,
    private readonly clock: Clock,
    private readonly desk: Pick<AlertDesk, 'world' | 'observationsTaken'>,
    private readonly heard: HeardDevices,
    private readonly unread: () => Promise<number>,
    private readonly options: ObserverOptions,
    /** How the reports fare. */
    private readonly reports: () => Iterable<ReportHealth> = () => [],
  ) {
    this.startedMs = clock.now();
    this.apps = WaitingRecords.of(log);
  }

  /** Looks several times in each limit, and at least once a second, until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { silentAfterMs, behindAfterMs } = this.options;
    const period = Math.min(1000, Math.max(10, Math.min(silentAfterMs, behindAfterMs) / 4));
    for (;;) {
      await pause(this.clock, period, signal);
      if (signal.aborted) return;
      try {
        await this.look();
      } catch (error) {
        // Seen again when there is room, or when the log answers: it may be away.
        if (!(error instanceof LogFullError)) throw error;
      }
    }
  }

  private async look(): Promise<void> {
    // Only the desk knows what has been said before.
    if (this.desk.observationsTaken < (await this.log.end(TOPICS.observations, 0))) return;
    const seen = [...(await this.devices()), ...(await this.delays()), ...this.troubles()];
    if (seen.length === 0) return;
    const records = seen.map((each) => ({ key: '', value: new TextEncoder().encode(JSON.stringify(each)) }));
    await this.writer.commit({ appends: [{ topic: TOPICS.observations, partition: 0, records }] });
  }

  private async devices(): Promise<Observation[]> {
    // Where rows wait to be read, a device is judged as of the newest that were.
    const unread = await this.unread();
    const nowMs = this.clock.now();
    const asOfMs = unread === 0 ? nowMs : Math.min(nowMs, this.heard.newestMs);
    const at = toIsoTime(nowMs);
    const { devices } = this.desk.world;
    const seen: Observation[] = [];
    for (const [key, { user, device, silence }] of devices) {
      const lastMs = this.heard.get(key)?.lastMs ?? null;
      if (silence !== null) {
        if (lastMs !== null && lastMs > Date.parse(silence.lastHeardAt ?? silence.at))
          seen.push({ kind: 'heard', at, user, device });
      } else if (asOfMs - Math.max(lastMs ?? 0, this.startedMs) >= this.options.silentAfterMs) {
        const lastHeardAt = lastMs === null ? null : toIsoTime(lastMs);
        seen.push({ kind: 'silent', at, user, device, lastHeardAt });
      }
    }
    for (const { user, device } of this.heard.steadyBut(devices))
      seen.push({ kind: 'present', at, user, device });
    return seen;
  }

  private troubles(): Observation[] {
    const at = toIsoTime(this.clock.now());
    const known = this.desk.world.reports;
    const seen: Observation[] = [];
    const there = new Set<string>();
    for (const { report, failed, slow, slowForMs } of this.reports()) {
      there.add(report);
      const stage = known.get(report)?.stage;
      if (failed !== null) {
        if (stage !== 'failed') seen.push({ kind: 'report_failed', at, report, message: failed });
      } else if (slow !== null && slowForMs >= this.options.behindAfterMs) {
        if (stage !== 'slow') seen.push({ kind: 'report_slow', at, report, message: slow });
      } else if (stage !== undefined && slow === null) seen.push({ kind: 'report_well', at, report });
    }
    for (const report of known.keys()) if (!there.has(report)) seen.push({ kind: 'report_well', at, report });
    return seen;
  }

  private async delays(): Promise<Observation[]> {
    const seen: Observation[] = [];
    for (const each of this.apps) {
      const isBehind = this.desk.world.behind.has(each.app);
      // What has waited for less than half of the limit is neither behind nor to be told of.
      const roughlyMs = isBehind ? 0 : this.options.behindAfterMs / 2;
      const { records, oldestMs } = await each.look(this.clock.now(), roughlyMs);
      const nowMs = this.clock.now();
      const fromMs = isBehind ? 0 : this.startedMs;
      const waitedMs = Math.max(0, nowMs - Math.max(oldestMs ?? nowMs, fromMs));
      // Half of the limit to be rid of it, so that one at the limit does not come and go.
      const kind = isBehind
        ? waitedMs < this.options.behindAfterMs / 2 && 'caught_up'
        : waitedMs >= this.options.behindAfterMs && 'behind';
      if (kind === false) continue;
      const { app } = each;
      const waitedSeconds = waitedMs / 1000;
      seen.push({ kind, at: toIsoTime(nowMs), app, waitingRecords: records, waitedSeconds });
    }
    return seen;
  }
}
