import type { Session } from './session.js';

/** Sessions kept of one device; beyond it the earliest one is forgotten. */
const MOST_SESSIONS = 1000;

/**
 * The sessions of one device, which never overlap. A sample that goes on from the one before it stays in its session;
 * any other belongs to the session nearest to it in event time, when that is no further than the gap: files, sensors
 * and bursts may bring the same stretch of time more than once.
 */
export class DeviceSessions {
  /** By time. */
  readonly sessions: Session[] = [];
  /** The session of the last sample. */
  private last: Session | null = null;
  /** Start of the session after `last`: up to there `last` may grow without being compared with it. */
  private nextStartMs = Infinity;

  constructor(private readonly gapMs: number) {}

  /** @returns the session that the sample belongs to, widened to hold it, or null when it opens another. */
  place(ms: number, subNs: number): Session | null {
    const { last } = this;
    if (last === null || ms < last.start.ms || ms >= this.nextStartMs || ms > last.end.ms + this.gapMs - 1) {
      const nearest = this.nearest(ms, subNs);
      if (nearest === null) return null;
      this.remember(nearest);
    }
    const session = this.last as Session;
    const { start, end } = session;
    if (ms > end.ms || (ms === end.ms && subNs > end.subNs)) {
      end.ms = ms;
      end.subNs = subNs;
    } else if (ms < start.ms || (ms === start.ms && subNs < start.subNs)) session.start = { ms, subNs };
    return session;
  }

  /** Adds a session. @returns the one that had to be forgotten for it, or null. */
  add(session: Session): Session | null {
    const { sessions } = this;
    let at = sessions.length;
    while (at > 0 && compare(sessions[at - 1], session.start.ms, session.start.subNs) > 0) at--;
    sessions.splice(at, 0, session);
    const forgotten = sessions.length > MOST_SESSIONS ? this.forgetEarliest(session) : null;
    this.remember(session);
    return forgotten;
  }

  remove(session: Session): void {
    const at = this.sessions.indexOf(session);
    if (at >= 0) this.sessions.splice(at, 1);
    this.last = null;
  }

  private nearest(ms: number, subNs: number): Session | null {
    let nearest: Session | null = null;
    let least = this.gapMs;
    for (const session of this.sessions) {
      const before = session.start.ms - ms + (session.start.subNs - subNs) * 1e-6;
      const after = ms - session.end.ms + (subNs - session.end.subNs) * 1e-6;
      const distance = Math.max(before, after, 0);
      if (distance > least || (distance === least && nearest !== null)) continue;
      least = distance;
      nearest = session;
    }
    return nearest;
  }

  private remember(session: Session): void {
    this.last = session;
    this.nextStartMs = this.sessions[this.sessions.indexOf(session) + 1]?.start.ms ?? Infinity;
  }

  private forgetEarliest(added: Session): Session {
    const at = this.sessions[0] === added ? 1 : 0;
    return this.sessions.splice(at, 1)[0];
  }
}

function compare(session: Session, ms: number, subNs: number): number {
  return session.start.ms - ms || session.start.subNs - subNs;
}
