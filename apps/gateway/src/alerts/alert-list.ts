import { ALERT_TYPES, TOPICS, type Alert } from '@hark/contracts';
import type { Principal } from '@hark/service';
import type { LogReader } from '@hark/streaming';
import { z } from 'zod';
import { queryNumber } from '../http/query-number.js';
import { alertEntry } from '../live/payloads.js';

/** Records that one request looks at; what it has not come to is behind `next`. */
const MOST_LOOKED_AT = 5000;

export const alertQuery = z.object({
  since: z.iso
    .datetime({ offset: true, error: 'expected an ISO 8601 time with a zone, such as 2026-01-01T00:00:00Z' })
    .optional(),
  type: z.enum(ALERT_TYPES).optional(),
  user: z.string().max(128).optional(),
  limit: queryNumber(z.int().min(1).max(1000)).default(100),
  cursor: queryNumber(z.int().min(0)).optional(),
});
export type AlertQuery = z.infer<typeof alertQuery>;

export interface AlertList {
  /** Newest first. */
  readonly alerts: Alert<unknown>[];
  /** Where the channel `alerts` stands: a subscription from here on brings what comes after this list. */
  readonly epoch: string;
  readonly offset: number;
  /** The `cursor` of the next page; absent at the end. */
  readonly next?: string;
}

/** Alerts that the caller may know of, as the channel `alerts` shows them. */
export async function listAlerts(
  log: LogReader & { readonly epoch: string },
  { since, type, user, limit, cursor }: AlertQuery,
  { users }: Principal,
): Promise<AlertList> {
  const end = await log.end(TOPICS.announcements, 0);
  const sinceMs = since === undefined ? -Infinity : Date.parse(since);
  const at = { epoch: log.epoch, offset: end - 1 };
  const alerts: Alert<unknown>[] = [];
  const from = Math.min(cursor ?? end, end);
  for (let offset = from - 1; offset >= 0; offset--) {
    if (alerts.length === limit || from - offset > MOST_LOOKED_AT)
      return { alerts, ...at, next: String(offset + 1) };
    const record = log.lookUp(TOPICS.announcements, 0, offset);
    if (record === null || record.timestamp < sinceMs) break;
    const whole = alertEntry(record);
    const entry = whole?.within === undefined || users.everybody ? whole : whole.within(users);
    if (entry === null || (user !== undefined && !(entry.users?.includes(user) ?? true))) continue;
    const alert = JSON.parse(entry.payload) as Alert<unknown>;
    if (type === undefined || alert.type === type) alerts.push(alert);
  }
  return { alerts, ...at };
}
