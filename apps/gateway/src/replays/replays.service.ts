import { compareEventTime, problem, toIsoTime, type EventTime } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { LiveHub } from '../live/live-hub.js';
import { MemoryChannel } from '../live/memory-channel.js';
import type { ModelsService } from '../models/models.service.js';
import type { SessionIndex } from '../sessions/session-index.js';
import { sessionRows } from '../sessions/session-rows.js';
import type { Session } from '../sessions/session.js';
import { compare, type Comparison } from './comparison.js';
import type { ReplayModels } from './replay-model.js';
import { closingTick, replayPieces, type ReplayPiece, type ReplayRange } from './replay-pieces.js';
import type { CompareRequest, ControlRequest, ReplayRequest } from './replay-requests.js';
import { Replay, type ReplayView } from './replay.js';

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

/** The replays of this process. They are not stored: a restart ends them. */
export class ReplaysService {
  private readonly replays = new Map<string, Replay>();

  constructor(
    private readonly hub: LiveHub,
    private readonly sessions: SessionIndex,
    private readonly versions: ModelsService,
    private readonly models: ReplayModels,
    private readonly limits: ReplayLimits,
    private readonly newId: () => string,
  ) {}

  /** @throws ProblemError 400 range outside of the session, 404 unknown session or version, 409 version that can't answer, 429 too many replays. */
  create(request: ReplayRequest): ReplayView {
    const session = this.session(request.session);
    const manifest = this.versions.find(request.model);
    const { learn, speed, timeMode, loop, paused } = request;
    const range: ReplayRange = { from: request.start ?? null, to: request.end ?? null };
    requireOverlap(session, range);
    // Tried at once, so that a version that can't answer is refused here.
    this.models.create(manifest, learn, () => undefined);
    this.makeRoom();
    const id = this.newId();
    const channel = new MemoryChannel(id, this.limits.predictions);
    const replay = new Replay(
      { id, session, version: manifest.version, speed, learn, timeMode, loop, paused },
      () => this.pieces(session, range),
      (onPrediction) => this.models.create(manifest, learn, onPrediction),
      channel,
      this.hub.clock,
    );
    this.replays.set(id, replay);
    this.hub.open(`replay:${id}`, channel);
    void replay.run();
    return replay.view();
  }

  /** Newest first. */
  list(): ReplayView[] {
    return [...this.replays.values()].reverse().map((replay) => replay.view());
  }

  get(id: string): ReplayView {
    return this.find(id).view();
  }

  /** Answers the state that the command has brought about; what takes longer than 5 s is `pending` in it. */
  async control(id: string, { command, speed, to }: ControlRequest): Promise<ReplayView> {
    const replay = this.find(id);
    if (replay.over && command !== 'stop') {
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
    return replay.view();
  }

  remove(id: string): void {
    this.find(id).stop();
    this.replays.delete(id);
    this.hub.close(`replay:${id}`);
  }

  /** @throws ProblemError as `create`, and 413 for a session too long to compare within a request. */
  async compare(request: CompareRequest): Promise<{ session: string } & Comparison> {
    const session = this.session(request.session);
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

  /** Replays playing or paused. */
  get active(): number {
    return [...this.replays.values()].filter(({ over }) => !over).length;
  }

  stopAll(): void {
    for (const replay of this.replays.values()) replay.stop();
  }

  private pieces(session: Session, range: ReplayRange): AsyncIterable<ReplayPiece> {
    return replayPieces(sessionRows(this.hub.log, session), range);
  }

  /** A picture of the session: what is recorded from now on is not part of the replay. */
  private session(id: string): Session {
    const session = this.sessions.find(id);
    if (session !== null) return { ...session };
    throw new ProblemError(
      problem(404, 'unknown_session', 'Unknown session', 'There is no session of this id.'),
    );
  }

  private find(id: string): Replay {
    const replay = this.replays.get(id);
    if (replay !== undefined) return replay;
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
      if (replay.over) this.remove(id);
    }
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
