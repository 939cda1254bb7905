import { TOPICS } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { SessionIndex } from './session-index.js';
import type { Session } from './session.js';

/** Forgets the sessions of which nothing is kept. @returns the first record of `samples` that is. */
export async function forgetTrimmed(index: SessionIndex, log: LogReader): Promise<number> {
  const earliest = await log.earliest(TOPICS.samples, 0);
  index.forgetBefore(earliest);
  return earliest;
}

/** A picture of a session as far as it is kept: what is recorded from now on is not in it. */
export function keptOf(session: Session, earliest: number): Session {
  return { ...session, end: { ...session.end }, firstRecord: Math.max(session.firstRecord, earliest) };
}
