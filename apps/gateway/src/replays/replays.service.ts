import {
  compareEventTime,
  problem,
  toIsoTime,
  type Comparison,
  type EventTime,
  type ReplayList,
  type ReplayView,
} from '@hark/contracts';
import { ProblemError, type Principal } from '@hark/service';
import { logRefusal } from '../http/log-refusal.js';
import type { LiveHub } from '../live/live-hub.js';
import { MemoryChannel } from '../live/memory-channel.js';
import type { ModelsService } from '../models/models.service.js';
import { forgetTrimmed, keptOf } from '../sessions/kept-sessions.js';
import type { SessionIndex } from '../sessions/session-index.js';
import { sessionRows } from '../sessions/session-rows.js';
import type { Session } from '../sessions/session.js';
import { compare } from './comparison.js';
import { EndedReplay } from './ended-replay.js';
import type { ReplayJournal } from './replay-journal.js';
import { ReplaySettingsError, type ReplayModels } from './replay-model.js';
import { closingTick, replayPieces, type ReplayPiece, type ReplayRange } from './replay-pieces.js';
import type { ReplayOptions, ReplayRecord, ReplayStanding, StoredReplay } from './replay-record.js';
import type { CompareRequest, ControlRequest, ReplayRequest } from './replay-requests.js';
import { Replay } from './replay.js';

export interface ReplayLimits {
  /** Replays that may play or stand paused at a time. */
  readonly active: number;
  /** Replays kept with their predictions; the earliest that is over makes room. */
  readonly kept: number;
  /** Predictions kept of one replay. */
  readonly predictions: number;
  /** Samples of a session that may be compared within one request. */
  readonly comparedSamples: number;
}

export const REPLAY_LIMITS: ReplayLimits = {
  active: 8,
  kept: 20,
  predictions: 100_000,
  comparedSamples: 5_000_000,
};

/** How long a command may take to be brought about before it is answered with what is pending. */
const COMMAND_LIMIT_MS = 5000;

const WHOLE: ReplayRange = { from: null, to: null };

/**
 * Replays, over or not. What a replay is a function of is stored, so that a restart of the gateway ends none: it is run
 * again to where it stood, and goes on. Sessions, and replays of sessions, of users
 * that the caller may not know of are unknown here.
 */
export class ReplaysService {
  private readonly replays = new Map<string, Replay | EndedReplay>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly hub: LiveHub,
    private readonly sessions: SessionIndex,
    private readonly versions: ModelsService,
    private readonly models: ReplayModels,
    private readonly journal: ReplayJournal,
    private readonly limits: ReplayLimits,
    private readonly newId: () => string,
  ) {}

  /** Takes up again what was not forgotten; before anything else is asked. */
  async restore(): Promise<void> {
    for (const stored of await this.journal.read()) this.takeUp(stored);
  }

  /**
   * @throws ProblemError 400 range outside of the session, 404 unknown session or version, 409 version that can't
   * answer, 429 too many replays, 503 no room to store it.
   */
  async create(request: ReplayRequest, caller: Principal): Promise<ReplayView> {
    const session = await this.session(request.session, caller);
    const manifest = this.versions.find(request.model);
    const { learn, speed, timeMode, loop, paused } = request;
    const range: ReplayRange = { from: request.start ?? null, to: request.end ?? null };
    requireOverlap(session, range);
    // Tried at once, so that a version that can't answer is refused here.
    await this.models.create(manifest, learn, () => undefined);
    this.makeRoom();
    const id = this.newId();
    const shiftMs = timeMode === 'shift' ? Math.floor(this.hub.clock.now()) - session.start.ms : 0;
    const { settings } = this.models;
    const options: ReplayOptions = {
      ...{ id, session, manifest, settings, range },
      ...{ speed, learn, timeMode, shiftMs, loop, paused },
    };
    const replay = this.replay(options, null, false);
    this.replays.set(id, replay);
    try {
      await this.journal.write({ kind: 'begun', replay: options });
    } catch (error) {
      this.replays.delete(id);
      throw logRefusal(error);
    }
    this.begin(replay);
    return replay.view();
  }

  /** Newest first. */
  list(caller: Principal): ReplayList {
    const visible = [...this.replays.values()].filter(({ options }) => caller.sees(options.session.user));
    return { replays: visible.reverse().map((replay) => replay.view()) };
  }

  get(id: string, caller: Principal): ReplayView {
    return this.find(id, caller).view();
  }

  /** Answers the state that the command has brought about; what takes longer than 5 s is `pending` in it. */
  async control(id: string, { command, speed, to }: ControlRequest, caller: Principal): Promise<ReplayView> {
    const replay = this.find(id, caller);
    if (replay.over && command === 'stop') return replay.view();
    if (replay.over || replay instanceof EndedReplay) {
      throw new ProblemError(
        problem(
          409,
          'replay_over',
          'Replay is over',
          'The replay is over; make another to play the session again.',
        ),
      );
    }
    if (speed !== undefined) replay.speed = speed;
    if (command === 'play') replay.resume();
    else if (command === 'pause') replay.pause();
    else if (command === 'step') replay.step();
    else if (command === 'seek') replay.seek((to as EventTime).ms);
    else replay.stop();
    await replay.settled(COMMAND_LIMIT_MS);
    await replay.keep();
    return replay.view();
  }

  remove(id: string, caller: Principal): Promise<void> {
    return this.forget(id, this.find(id, caller));
  }

  /** @throws ProblemError as `create`, and 413 for a session too long to compare within a request. */
  async compare(request: CompareRequest, caller: Principal): Promise<Comparison> {
    const session = await this.session(request.session, caller);
    const samples = session.accelerometer + session.gyroscope;
    if (samples > this.limits.comparedSamples) {
      throw new ProblemError(
        problem(
          413,
          'session_too_long',
          'Session too long',
          `The session has ${samples} samples, at most ${this.limits.comparedSamples} can be compared in a request; ` +
            'replay it once for each version.',
        ),
      );
    }
    const contestants = request.models.map((name) => {
      const manifest = this.versions.find(name);
      return {
        version: manifest.version,
        model: (onPrediction: (json: string) => void) => this.models.create(manifest, false, onPrediction),
      };
    });
    const { clock } = this.hub;
    const comparison = await compare(contestants, this.pieces(session, WHOLE), closingTick(session), clock);
    return { session: session.id, ...comparison };
  }

  /** Replays kept, over or not. */
  get size(): number {
    return this.replays.size;
  }

  /** Replays playing or paused. */
  get active(): number {
    return [...this.replays.values()].filter(({ over }) => !over).length;
  }

  /** Breaks off all replays, and stores where each stands. */
  async suspend(): Promise<void> {
    for (const replay of this.replays.values()) {
      if (replay.over || replay instanceof EndedReplay) continue;
      replay.suspend();
      await replay.keep();
    }
    await Promise.all(this.running);
  }

  private takeUp({ options, standing, ended }: StoredReplay): void {
    const { id, session } = options;
    if (ended === null) {
      const replay = this.replay(options, standing, true);
      this.replays.set(id, replay);
      return this.begin(replay);
    }
    this.replays.set(id, new EndedReplay(options, ended.view));
    const channel = new MemoryChannel(id, 0, ended.next);
    channel.finish();
    this.hub.open(`replay:${id}`, channel, session.user);
  }

  private replay(options: ReplayOptions, standing: ReplayStanding | null, restored: boolean): Replay {
    const { id, session, manifest, settings, range, learn } = options;
    return new Replay(
      options,
      () => this.pieces(session, range),
      async (onPrediction) => {
        if (settings !== this.models.settings) throw new ReplaySettingsError();
        return this.models.create(manifest, learn, onPrediction);
      },
      new MemoryChannel(id, this.limits.predictions, standing?.first ?? 0, restored),
      this.hub.clock,
      (record) => this.store(record),
      standing,
    );
  }

  private begin(replay: Replay): void {
    const { id, session } = replay.options;
    this.hub.open(`replay:${id}`, replay.channel, session.user);
    const run = replay.run().finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** What can't be stored now is found again by running the replay from what was stored before. */
  private async store(record: ReplayRecord): Promise<void> {
    if ('id' in record && !this.replays.has(record.id)) return;
    await this.journal.write(record).catch(() => undefined);
  }

  private pieces(session: Session, range: ReplayRange): AsyncIterable<ReplayPiece> {
    return replayPieces(sessionRows(this.hub.log, session), range);
  }

  /** A picture of the session: what is recorded from now on is not part of the replay, nor what was trimmed. */
  private async session(id: string, caller: Principal): Promise<Session> {
    const earliest = await forgetTrimmed(this.sessions, this.hub.log);
    const session = this.sessions.find(id);
    if (session !== null && caller.sees(session.user)) return keptOf(session, earliest);
    throw new ProblemError(
      problem(404, 'unknown_session', 'Unknown session', 'There is no session of this id.'),
    );
  }

  private find(id: string, caller: Principal): Replay | EndedReplay {
    const replay = this.replays.get(id);
    if (replay !== undefined && caller.sees(replay.options.session.user)) return replay;
    throw new ProblemError(
      problem(404, 'unknown_replay', 'Unknown replay', 'There is no replay of this id.'),
    );
  }

  private makeRoom(): void {
    const { active } = this;
    if (active >= this.limits.active) {
      throw new ProblemError(
        problem(
          429,
          'too_many_replays',
          'Too many replays',
          `${active} replays are playing or paused; stop one first.`,
        ),
        { 'retry-after': '10' },
      );
    }
    for (const [id, replay] of this.replays) {
      if (this.replays.size < this.limits.kept) break;
      if (replay.over) void this.forget(id, replay);
    }
  }

  private async forget(id: string, replay: Replay | EndedReplay): Promise<void> {
    this.replays.delete(id);
    if (replay instanceof Replay) replay.stop();
    this.hub.close(`replay:${id}`);
    // Not stored for want of room, it comes back with the next start, to be deleted again.
    await this.journal.write({ kind: 'forgotten', id }).catch(() => undefined);
  }
}

/** @throws ProblemError 400 when nothing of the session can be in the range. */
function requireOverlap({ start, end }: Session, { from, to }: ReplayRange): void {
  const field =
    from !== null && compareEventTime(from, end) > 0
      ? 'start'
      : to !== null && compareEventTime(to, start) <= 0
        ? 'end'
        : null;
  if (field === null) return;
  const first = toIsoTime(start.ms);
  const last = toIsoTime(end.ms);
  throw new ProblemError(
    problem(
      400,
      'invalid_request',
      'Invalid request',
      `${field}: nothing of the session is in this range; it was recorded from ${first} to ${last}`,
    ),
  );
}
