import type { UserScope } from '@hark/service';
import type { Attempt, Connection } from './connection.js';
import { remedyOf } from './remedy.js';

interface Kept {
  attempt: Attempt;
  atMs: number;
  readonly sinceMs: number;
  times: number;
}

export interface ConnectionLogOptions {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** A sample further behind its device's newest is late. */
  readonly latenessMs: number;
  /** Kinds of attempts kept; beyond it those not heard of longest are dropped. */
  readonly limit?: number;
}

/**
 * The last attempts to send something, in bounded memory: like ones of one client are one entry with a count, so that
 * a device that sends ten times a second does not push out the one that is refused.
 */
export class ConnectionLog {
  private readonly kept = new Map<string, Kept>();
  /** When each device's newest sample was made; as many devices as entries. */
  private readonly newest = new Map<string, number>();
  private readonly limit: number;

  constructor(private readonly options: ConnectionLogOptions) {
    this.limit = options.limit ?? 500;
  }

  add(attempt: Attempt): void {
    const { now } = this.options;
    const nowMs = now();
    const judged = this.judged(attempt, nowMs);
    const { way, address, verdict, code, user, device } = judged;
    const key = JSON.stringify([way, address, verdict, code, user, device]);
    const before = this.kept.get(key);
    this.kept.delete(key);
    const times = (before?.times ?? 0) + 1;
    this.kept.set(key, { attempt: judged, atMs: nowMs, sinceMs: before?.sinceMs ?? nowMs, times });
    dropOldest(this.kept, this.limit);
  }

  /** Newest first. Attempts of nobody known are seen by those who see everybody. */
  list(users: UserScope, limit = 50): Connection[] {
    return [...this.kept.values()]
      .reverse()
      .filter(({ attempt: { user } }) => (user === null ? users.everybody : users.includes(user)))
      .slice(0, limit)
      .map(({ attempt, atMs, sinceMs, times }) => ({
        ...attempt,
        at: new Date(atMs).toISOString(),
        since: new Date(sinceMs).toISOString(),
        times,
        remedy: remedyOf(attempt),
      }));
  }

  private judged(attempt: Attempt, nowMs: number): Attempt {
    const { user, device, aheadMs, verdict } = attempt;
    if (user === null || device === null || aheadMs === null) return attempt;
    const key = JSON.stringify([user, device]);
    const sampleMs = nowMs + aheadMs;
    const newest = Math.max(this.newest.get(key) ?? sampleMs, sampleMs);
    this.newest.delete(key);
    this.newest.set(key, newest);
    dropOldest(this.newest, this.limit);
    const isLate = verdict === 'accepted' && newest - sampleMs > this.options.latenessMs;
    return isLate ? { ...attempt, verdict: 'late' } : attempt;
  }
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
