import { TOPICS } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { SessionIndex } from '../sessions/session-index.js';
import { KEPT_TOPICS } from './erased-records.js';

const SLICE_BYTES = 1 << 20;

/** Who is in the log: what nobody has heard of needs no erasure, for which all of the service pauses. */
export class KnownUsers {
  /** @param caughtUp resolves to whether the index has taken all samples that are in the log now. */
  constructor(
    private readonly log: LogReader,
    private readonly sessions: Pick<SessionIndex, 'newest'>,
    private readonly caughtUp: () => Promise<boolean>,
  ) {}

  /** Whether anything in the log is of the user or names them; true too where that can't be told now. */
  async has(user: string): Promise<boolean> {
    if (!(await this.caughtUp())) return true;
    for (const session of this.sessions.newest(Infinity)) if (session.user === user) return true;
    for (const topic of Object.keys(KEPT_TOPICS))
      if (topic !== TOPICS.samples && (await this.isNamedIn(topic, user))) return true;
    return false;
  }

  private async isNamedIn(topic: string, user: string): Promise<boolean> {
    for (let next = 0; ;) {
      const records = await this.log.read(topic, 0, next, SLICE_BYTES);
      if (records.length === 0) return false;
      if (records.some(({ value }) => value.length > 0 && KEPT_TOPICS[topic](value, user) !== value))
        return true;
      next = records[records.length - 1].offset + 1;
    }
  }
}
