import { formatNanoseconds, toIsoTime, type Prediction } from '@hark/contracts';
import { ReplayResult } from '@hark/models';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { MemoryChannel } from '../live/memory-channel.js';
import type { Session } from '../sessions/session.js';
import { Pace, type Speed } from './pace.js';
import { parsePrediction, type ReplayModel } from './replay-model.js';
import { closingTick, type ReplayPiece } from './replay-pieces.js';

export type ReplayStatus = 'playing' | 'paused' | 'ended' | 'failed';

/** Why a replay has ended; `no_predictions`: a loop whose pass came to none would only spin. */
export type ReplayEnd = 'played_out' | 'stopped' | 'no_predictions' | 'failed';

export interface ReplayOptions {
  readonly id: string;
  readonly session: Session;
  readonly version: number;
  readonly speed: Speed;
  readonly learn: boolean;
  /** `shift`: predictions say the wall time at which the replay began in place of the session's start. */
  readonly timeMode: 'preserve' | 'shift';
  readonly loop: boolean;
  readonly paused: boolean;
}

export interface ReplayView {
  readonly id: string;
  readonly session: string;
  readonly model: number;
  readonly status: ReplayStatus;
  /** Why it is over, or null. */
  readonly reason: ReplayEnd | null;
  /** What a command is still bringing about, or null. */
  readonly pending: 'seek' | 'step' | null;
  readonly speed: Speed;
  readonly learn: boolean;
  readonly timeMode: 'preserve' | 'shift';
  readonly loop: boolean;
  /** Times played to the end. */
  readonly passes: number;
  /** Event time reached, ISO 8601; null before the first row. */
  readonly position: string | null;
  readonly effectiveSpeed: number | null;
  /** Final predictions of this pass; `labelled`, `unanswered` and `accuracy` where the session has labels. */
  readonly predictions: number;
  readonly labelled: number;
  readonly unanswered: number;
  readonly accuracy: number | null;
  readonly digest: string;
  /** Where its predictions are. */
  readonly channel: string;
  readonly error: string | null;
}

/** Work is done in turns of about this long, so that live traffic never waits for a replay. */
const TURN_MS = 4;
/** Pieces in a turn at most. */
const TURN_PIECES = 32;

/** Timers overflow beyond 2^31 ms; whoever wakes looks again anyway. */
const LONGEST_SLEEP_MS = 60_000;

/** A session played again through a windower and a model of its own. Live topics are neither read nor written. */
export class Replay {
  private status: ReplayStatus;
  private readonly pace: Pace;
  private result = new ReplayResult(createHash('sha256'));
  private passes = 0;
  private reason: ReplayEnd | null = null;
  private error: string | null = null;
  /** Set by a seek behind the position: this pass is given up and begun again. */
  private rewind = false;
  /** Up to this event time everything is let through at once; -1 = no seek is under way. */
  private skipTo = -1;
  /** While paused, pieces are let through until there are this many predictions. */
  private stepTo = 0;
  private wake: () => void = () => undefined;
  /** Called whenever `pending` may have changed. */
  private readonly waiting = new Set<() => void>();
  private readonly shiftMs: number;

  /**
   * @param pieces the session from its start; called once for each pass.
   * @param model a fresh copy of the version; called once for each pass.
   */
  constructor(
    readonly options: ReplayOptions,
    private readonly pieces: () => AsyncIterable<ReplayPiece>,
    private readonly model: (onPrediction: (json: string) => void) => ReplayModel,
    readonly channel: MemoryChannel,
    private readonly clock: Clock,
  ) {
    this.pace = new Pace(clock, options.speed);
    this.status = options.paused ? 'paused' : 'playing';
    this.shiftMs = options.timeMode === 'shift' ? Math.floor(clock.now()) - options.session.start.ms : 0;
    if (!options.paused) this.pace.play();
  }

  get over(): boolean {
    return this.status === 'ended' || this.status === 'failed';
  }

  /** Plays until the end or `stop`. Never rejects: what goes wrong is in the view. */
  async run(): Promise<void> {
    try {
      do {
        this.rewind = false;
        this.pace.restart();
        this.result = new ReplayResult(createHash('sha256'));
        const model = this.model((json) => this.predicted(json));
        if (!(await this.play(model))) continue;
        model.push(closingTick(this.options.session));
        this.passes++;
        this.skipTo = -1;
        this.stepTo = this.pending === 'step' ? 1 : 0;
        if (!this.options.loop) this.end('played_out');
        else if (this.result.predictions === 0) this.end('no_predictions');
        this.look();
        await this.clock.turn();
      } while (!this.over);
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
      this.end('failed');
    }
    this.channel.finish();
  }

  /** From now on. */
  set speed(speed: Speed) {
    this.pace.speed = speed;
    this.wake();
  }

  resume(): void {
    this.stepTo = 0;
    this.status = 'playing';
    this.pace.play();
    this.wake();
  }

  pause(): void {
    this.stepTo = 0;
    this.status = 'paused';
    this.pace.pause();
    this.wake();
  }

  /** Pauses, and plays on to the next final prediction. */
  step(): void {
    this.pause();
    this.stepTo = this.result.predictions + 1;
    this.wake();
  }

  /** Goes to an event time at full speed; backwards by starting over, so that the model has seen the same. */
  seek(ms: number): void {
    if (ms <= this.pace.reached) this.rewind = true;
    this.skipTo = ms;
    this.stepTo = 0;
    this.wake();
  }

  stop(): void {
    this.end('stopped');
    this.wake();
  }

  /** Resolves when nothing is pending any more, or after `limitMs`. */
  settled(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (this.pending === null) finish();
      };
      const cancel = this.clock.after(limitMs, finish);
      this.waiting.add(look);
      look();
    });
  }

  view(): ReplayView {
    const { id, session, version, learn, timeMode, loop } = this.options;
    const { result, pace } = this;
    return {
      id,
      session: session.id,
      model: version,
      status: this.status,
      reason: this.reason,
      pending: this.pending,
      speed: pace.speed,
      learn,
      timeMode,
      loop,
      passes: this.passes,
      position: Number.isNaN(pace.reached) ? null : toIsoTime(pace.reached),
      effectiveSpeed: pace.effectiveSpeed,
      predictions: result.predictions,
      labelled: result.labelled,
      unanswered: result.unanswered,
      accuracy: result.accuracy,
      digest: result.digest,
      channel: `replay:${id}`,
      error: this.error,
    };
  }

  private get pending(): 'seek' | 'step' | null {
    if (this.over) return null;
    if (this.skipTo >= 0) return 'seek';
    return this.status === 'paused' && this.result.predictions < this.stepTo ? 'step' : null;
  }

  private end(reason: ReplayEnd): void {
    if (this.over) return;
    this.status = reason === 'failed' ? 'failed' : 'ended';
    this.reason = reason;
    this.pace.pause();
    this.look();
  }

  private look(): void {
    for (const look of [...this.waiting]) look();
  }

  /** One pass. False when it was given up on the way. */
  private async play(model: ReplayModel): Promise<boolean> {
    let turnBegan = this.clock.now();
    let inTurn = 0;
    for await (const piece of this.pieces()) {
      while (!this.over && !this.rewind) {
        if (this.skipTo >= 0 && piece.eventMs >= this.skipTo) this.arrive();
        const wait = this.waitFor(piece);
        if (wait === 0) break;
        await this.sleep(wait);
      }
      if (this.over || this.rewind) return false;
      model.push(piece.value);
      if (this.pending === null && this.status === 'playing') this.pace.passed(piece.eventMs);
      else this.pace.skipped(piece.eventMs);
      this.look();
      if (++inTurn < TURN_PIECES && this.clock.now() - turnBegan < TURN_MS) continue;
      await this.clock.turn();
      turnBegan = this.clock.now();
      inTurn = 0;
    }
    return !this.over && !this.rewind;
  }

  /** The seek is over: from here on pieces wait for their time again. */
  private arrive(): void {
    this.skipTo = -1;
    this.look();
  }

  /** Milliseconds until the piece may go; null = until something is said. */
  private waitFor({ eventMs }: ReplayPiece): number | null {
    if (this.skipTo >= 0) return 0;
    if (this.status !== 'paused') return this.pace.wait(eventMs);
    return this.result.predictions < this.stepTo ? 0 : null;
  }

  private sleep(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const cancel =
        ms === null ? () => undefined : this.clock.after(Math.min(ms, LONGEST_SLEEP_MS), () => this.wake());
      this.wake = () => {
        this.wake = () => undefined;
        cancel();
        resolve();
      };
    });
  }

  private predicted(json: string): void {
    const prediction = parsePrediction(json);
    if (prediction.final) this.result.add(prediction);
    const { user, device } = prediction;
    const delivered = { ...this.shifted(prediction), latencyMs: 0, source: `replay:${this.options.id}` };
    this.channel.append({
      users: [user],
      devices: [device],
      final: prediction.final,
      payload: JSON.stringify(delivered),
    });
  }

  private shifted(prediction: Prediction): Prediction {
    if (this.shiftMs === 0) return prediction;
    const { start, end } = prediction.window;
    const startMs = Date.parse(start) + this.shiftMs;
    const window = {
      start: toIsoTime(startMs),
      end: toIsoTime(Date.parse(end) + this.shiftMs),
      startNs: formatNanoseconds(startMs, 0),
    };
    return { ...prediction, window };
  }
}
