import {
  TOPICS,
  problem,
  type ReportProgress,
  type ReportRows,
  type ReportStatus,
  type ReportView,
} from '@hark/contracts';
import { ProblemError, type Principal } from '@hark/service';
import type { LogReader } from '@hark/streaming';
import type { WebhookAllowList } from '../alerts/webhooks/webhook-allow-list.js';
import type { KnownReport } from './known-report.js';
import type { ReportBody, RowsQuery } from './report-requests.js';
import type { Reports } from './reports.js';

/**
 * Reports as an operator sees them. They count all users together, so there are none for somebody who may know of some
 * users only.
 */
export class ReportsService {
  constructor(
    private readonly reports: Reports,
    private readonly log: LogReader & { readonly epoch: string },
    private readonly allowList: WebhookAllowList,
  ) {}

  list({ users }: Principal): { reports: ReportView[] } {
    const all = users.everybody ? [...this.reports.desk.reports.values()] : [];
    return { reports: all.map((each) => each.view()).sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  /** @throws ProblemError 404 */
  rows(name: string, { limit, cursor }: RowsQuery, caller: Principal): ReportRows {
    const { table, state } = this.find(name, caller);
    const { schema } = table;
    const rows: ReportRows['rows'][number][] = [];
    let at = 0;
    for (const row of table.rows()) {
      if (at++ < cursor) continue;
      if (rows.length === limit) break;
      rows.push(Object.fromEntries(schema.map((column, i) => [column.name, row[i]])));
    }
    const next = cursor + rows.length;
    return {
      ...{ name, state, batchId: table.batchId, schema, rows, omitted: table.omitted },
      ...{ epoch: this.log.epoch, offset: this.reports.desk.taken - 1 },
      ...(next < table.size && { next: String(next) }),
    };
  }

  /** @throws ProblemError 404 */
  view(name: string, caller: Principal): ReportView {
    return this.find(name, caller).view();
  }

  /** @throws ProblemError 404 */
  progress(name: string, caller: Principal): { progress: readonly ReportProgress[] } {
    return { progress: this.find(name, caller).progress };
  }

  /** @throws ProblemError 404 */
  async status(name: string, caller: Principal): Promise<ReportStatus> {
    const report = this.find(name, caller);
    const { state, error, notice } = report;
    const isRunning = state === 'running';
    const isDataAvailable = await this.hasMore(report);
    const isTriggerActive = isRunning && isDataAvailable && isReading(report);
    const message = isRunning
      ? (notice ?? runningMessage(isDataAvailable, isTriggerActive))
      : MESSAGES[state](error?.message ?? '');
    return { message, isDataAvailable, isTriggerActive, state, error };
  }

  /** @throws ProblemError 400 naming field and rule, 409 when there is a report of this name or its state does not fit. */
  async create(body: ReportBody, caller: Principal, key?: string): Promise<ReportView> {
    requireEverybody(caller);
    const { spec, replace, startingOffsets } = body;
    if (spec.sink?.type === 'webhook' && this.allowList.permit(spec.sink.url) === null) {
      throw new ProblemError({
        ...problem(
          400,
          'webhook_not_allowed',
          'Invalid request',
          'sink.url: the URL is not among HARK_WEBHOOK_TARGETS, which the operator of the service sets.',
        ),
        ...{ field: 'sink.url', rule: 'webhook_not_allowed' },
      });
    }
    await this.reports.ask({ kind: 'create', name: spec.name, spec, replace, startingOffsets }, key);
    return this.view(spec.name, caller);
  }

  /** @throws ProblemError 404 */
  async change(kind: 'stop' | 'restart', name: string, caller: Principal, key?: string): Promise<ReportView> {
    this.find(name, caller);
    await this.reports.ask({ kind, name }, key);
    return this.view(name, caller);
  }

  /** @throws ProblemError 404 */
  async drop(name: string, caller: Principal, key?: string): Promise<{ readonly name: string }> {
    // A drop that comes again under its key is answered as the first was.
    if (!this.reports.knows(key)) this.find(name, caller);
    requireEverybody(caller);
    await this.reports.ask({ kind: 'drop', name }, key);
    return { name };
  }

  private find(name: string, { users }: Principal): KnownReport {
    const report = users.everybody ? this.reports.desk.reports.get(name) : undefined;
    if (report !== undefined) return report;
    throw new ProblemError(
      problem(
        404,
        'unknown_report',
        'Unknown report',
        `There is no report ${JSON.stringify(name.slice(0, 64))}.`,
      ),
    );
  }

  private async hasMore({ progress, created }: KnownReport): Promise<boolean> {
    const end = progress.at(-1)?.sources[0]?.endOffset ?? {};
    const { from } = created.spec;
    const topics = Object.keys(end).length > 0 ? Object.keys(end) : typeof from === 'string' ? [from] : [];
    // What a report reads from outside is put into the log, and taken, by the same trigger.
    const waiting = topics.filter((topic) => topic !== TOPICS.reportSources);
    for (const topic of waiting) if ((await this.log.end(topic, 0)) > (end[topic]?.['0'] ?? 0)) return true;
    return false;
  }
}

const MESSAGES = {
  stopped: () => 'Stopped',
  finished: () => 'Finished: its trigger has done its work',
  failed: (message: string) => `Failed: ${message}`,
} as const;

function runningMessage(isDataAvailable: boolean, isTriggerActive: boolean): string {
  if (isTriggerActive) return 'Processing new data';
  return isDataAvailable ? 'Waiting for next trigger' : 'Waiting for data to arrive';
}

/** Whether it reads whenever there is something, or had not come to the end with its last micro-batch. */
function isReading({ created, progress }: KnownReport): boolean {
  const { trigger = null } = created.spec;
  if (trigger === null || !('processingTime' in trigger)) return true;
  const source = progress.at(-1)?.sources[0];
  return source !== undefined && JSON.stringify(source.endOffset) !== JSON.stringify(source.latestOffset);
}

/** @throws ProblemError 403 */
function requireEverybody({ users }: Principal): void {
  if (users.everybody) return;
  const detail = 'Reports count all users together, and your token is not for all of them.';
  throw new ProblemError(problem(403, 'forbidden', 'Forbidden', detail));
}
