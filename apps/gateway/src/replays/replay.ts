import {
  toIsoTime,
  type ReplayEnd,
  type ReplaySpeed,
  type ReplayStatus,
  type ReplayView,
} from '@hark/contracts';
import { ReplayResult } from '@hark/models';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { MemoryChannel } from '../live/memory-channel.js';
import { Pace } from './pace.js';
import { deliveredPrediction } from './replay-delivery.js';
import { parsePrediction, type MakeReplayModel, type ReplayModel } from './replay-model.js';
import { closingTick, type ReplayPiece } from './replay-pieces.js';
import type { ReplayOptions, ReplayRecord, ReplayStanding } from './replay-record.js';

/** Work is done in turns of about this long, so that live traffic never waits for a replay. */
const TURN_MS = 4;
/** Pieces in a turn at most. */
const TURN_PIECES = 32;

/** Timers overflow beyond 2^31 ms; whoever wakes looks again anyway. */
const LONGEST_SLEEP_MS = 60_000;

/** A replay under way stores how far it has come once in so much wall time. */
const STORE_EVERY_MS = 5000;

/**
 * A session played again through a windower and a model of its own. Live topics are neither read nor written.
 * What it comes to is a function of its options, so after a restart it is run again, at full speed, to where it stood.
 */
export class Replay {
  private status: ReplayStatus;
  private readonly pace: Pace;
  private result = new ReplayResult(createHash('sha256'));
  private passes = 0;
  /** Pieces fed in this pass. */
  private fed = 0;
  /** Up to so many pieces everything is let through at once: where it stood before a restart. */
  private resumeAt = 0;
  /** Offset of the first prediction of this pass. */
  private first = 0;
  private suspended = false;
  private storedMs: number;
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

  /**
   * @param pieces the session from its start; called once for each pass.
   * @param model a fresh copy of the version; called once for each pass.
   * @param store keeps a record of it; what it could not keep is kept with the next.
   * @param standing where it stood before the gateway was started anew.
   */
  constructor(
    readonly options: ReplayOptions,
    private readonly pieces: () => AsyncIterable<ReplayPiece>,
    private readonly model: MakeReplayModel,
    readonly channel: MemoryChannel,
    private readonly clock: Clock,
    private readonly store: (record: ReplayRecord) => Promise<void>,
    standing: ReplayStanding | null = null,
  ) {
    this.pace = new Pace(clock, standing?.speed ?? options.speed);
    this.status = standing?.status ?? (options.paused ? 'paused' : 'playing');
    if (this.status === 'playing') this.pace.play();
    if (standing !== null) {
      this.passes = standing.passes;
      this.resumeAt = standing.pieces;
      this.skipTo = standing.seekTo ?? -1;
      this.pace.reached = standing.reachedMs ?? NaN;
    }
    this.storedMs = clock.now();
  }

  get over(): boolean {
    return this.status === 'ended' || this.status === 'failed';
  }

  /** Plays until the end, `stop` or `suspend`. Never rejects: what goes wrong is in the view. */
  async run(): Promise<void> {
    try {
      do {
        const again = this.rewind;
        this.rewind = false;
        this.first = this.channel.next;
        this.fed = 0;
        // Before anything is said under the offsets that the pass given up would have used.
        if (again) await this.keep();
        const model = await this.model((json) => this.predicted(json));
        this.pace.restart();
        this.result = new ReplayResult(createHash('sha256'));
        if (!(await this.play(model))) continue;
        model.push(closingTick(this.options.session));
        this.passes++;
        this.skipTo = -1;
        this.resumeAt = 0;
        this.stepTo = this.pending === 'step' ? 1 : 0;
        if (!this.options.loop) this.end('played_out');
        else if (this.result.predictions === 0) this.end('no_predictions');
        this.look();
        await this.clock.turn();
      } while (!this.over && !this.suspended);
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
      this.end('failed');
    }
    if (!this.over) return;
    await this.keep();
    this.channel.finish();
  }

  /** Stores how far it has come, or how it has ended. */
  keep(): Promise<void> {
    this.storedMs = this.clock.now();
    const { id } = this.options;
    if (this.over) return this.store({ kind: 'ended', id, view: this.view(), next: this.channel.next });
    const standing: ReplayStanding = {
      status: this.status === 'paused' ? 'paused' : 'playing',
      speed: this.pace.speed,
      passes: this.passes,
      first: this.first,
      pieces: Math.max(this.fed, this.resumeAt),
      seekTo: this.skipTo < 0 ? null : this.skipTo,
      reachedMs: Number.isNaN(this.pace.reached) ? null : this.pace.reached,
    };
    return this.store({ kind: 'stood', id, standing });
  }

  /** Breaks off without an end: it is taken up again when the gateway starts anew. */
  suspend(): void {
    this.suspended = true;
    this.wake();
  }

  /** From now on. */
  set speed(speed: ReplaySpeed) {
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
    this.resumeAt = 0;
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
    const { id, session, manifest, learn, timeMode, loop } = this.options;
    const { result, pace } = this;
    return {
      id,
      session: session.id,
      model: manifest.version,
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

  private get pending(): ReplayView['pending'] {
    if (this.over) return null;
    if (this.fed < this.resumeAt) return 'resume';
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
      while (!this.broken) {
        if (this.pending === 'seek' && piece.eventMs >= this.skipTo) this.arrive();
        const wait = this.waitFor(piece);
        if (wait === 0) break;
        await this.sleep(wait);
      }
      if (this.broken) return false;
      const timely = this.pending === null && this.status === 'playing';
      model.push(piece.value);
      this.fed++;
      if (timely) this.pace.passed(piece.eventMs);
      else this.pace.skipped(piece.eventMs);
      this.look();
      if (this.clock.now() - this.storedMs >= STORE_EVERY_MS) void this.keep();
      if (++inTurn < TURN_PIECES && this.clock.now() - turnBegan < TURN_MS) continue;
      await this.clock.turn();
      turnBegan = this.clock.now();
      inTurn = 0;
    }
    return !this.broken;
  }

  /** Whether this pass is not to go on. */
  private get broken(): boolean {
    return this.over || this.rewind || this.suspended;
  }

  /** The seek is over: from here on pieces wait for their time again. */
  private arrive(): void {
    this.skipTo = -1;
    this.look();
  }

  /** Milliseconds until the piece may go; null = until something is said. */
  private waitFor({ eventMs }: ReplayPiece): number | null {
    if (this.skipTo >= 0 || this.fed < this.resumeAt) return 0;
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
    const { id, shiftMs } = this.options;
    this.channel.append(deliveredPrediction(prediction, id, shiftMs));
  }
}
