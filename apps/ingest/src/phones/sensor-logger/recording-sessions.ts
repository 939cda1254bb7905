import type { LogWriter } from '@hark/streaming';
import { RecordingSession } from './recording-session.js';
import { decodeSessions, encodeSessions } from './sensor-logger-state.js';

/** Name of the state in the log. */
const RUNNER = 'sensor-logger';

/** Recordings remembered; of more, the one not heard of longest is forgotten. */
const MAX_SESSIONS = 1000;

/**
 * The recordings that phones are pushing, kept over restarts: a message that comes again is known by its id.
 *
 * A message's samples stand before its id does: death in between makes the phone's second try a second copy, whose
 * samples the windower drops as duplicates.
 */
export class RecordingSessions {
  private saving: Promise<void> | null = null;
  /** The write that begins when the one under way has ended. */
  private next: Promise<void> | null = null;

  /** @throws StateFormatError when the state in the log is of another version. */
  static async open(writer: LogWriter): Promise<RecordingSessions> {
    const { snapshot } = await writer.runnerState(RUNNER);
    const stored = snapshot === null ? [] : decodeSessions(snapshot.state);
    return new RecordingSessions(
      writer,
      new Map(stored.map((each) => [each.key, new RecordingSession(each.key, each)])),
    );
  }

  private constructor(
    private readonly writer: LogWriter,
    private readonly sessions: Map<string, RecordingSession>,
  ) {}

  get size(): number {
    return this.sessions.size;
  }

  of(key: string): RecordingSession {
    const session = this.sessions.get(key) ?? new RecordingSession(key);
    this.sessions.delete(key);
    this.sessions.set(key, session);
    for (const [oldest, { underWay }] of this.sessions) {
      if (this.sessions.size <= MAX_SESSIONS) break;
      if (underWay.size === 0) this.sessions.delete(oldest);
    }
    return session;
  }

  /** Resolves when everything known at the call is durable. Calls that wait share one write. */
  save(): Promise<void> {
    if (this.saving === null) return this.begin();
    this.next ??= this.saving
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.begin();
      });
    return this.next;
  }

  private begin(): Promise<void> {
    const writing = this.write().finally(() => {
      if (this.saving === writing) this.saving = null;
    });
    this.saving = writing;
    return writing;
  }

  private async write(): Promise<void> {
    const snapshot = encodeSessions([...this.sessions.values()].map(({ stored }) => stored));
    await this.writer.commit({ appends: [], step: { runner: RUNNER, inputs: [] }, snapshot });
    await this.writer.durable();
  }
}
