import type { ReplaySpeed } from '@hark/contracts';
import type { Clock } from '../clock.js';

/**
 * When the next piece is due. Event time runs at `speed` from an anchor, a pair of event time and wall clock set
 * anew whenever the speed changes or playing begins, so that a pause shifts everything behind it.
 */
export class Pace {
  private anchorEvent = NaN;
  private anchorWall = 0;
  private playedMs = 0;
  private playingSince: number | null = null;
  private firstEvent = NaN;
  /** Newest event time let through; NaN before the first. */
  reached = NaN;

  constructor(
    private readonly clock: Clock,
    private speedHeld: ReplaySpeed,
  ) {}

  get speed(): ReplaySpeed {
    return this.speedHeld;
  }

  /** What was played at another speed counts no longer. */
  set speed(speed: ReplaySpeed) {
    this.anchor();
    this.measureFrom(this.reached);
    this.speedHeld = speed;
  }

  play(): void {
    this.playingSince ??= this.clock.now();
    this.anchor();
  }

  pause(): void {
    if (this.playingSince !== null) this.playedMs += this.clock.now() - this.playingSince;
    this.playingSince = null;
  }

  /** Back to before the first piece. */
  restart(): void {
    this.measureFrom(NaN);
    this.reached = NaN;
    this.anchorEvent = NaN;
  }

  /** Milliseconds until a piece with this event time is due; 0 = now. */
  wait(eventMs: number): number {
    if (this.speedHeld === 'max') return 0;
    if (Number.isNaN(this.anchorEvent)) {
      this.anchorEvent = eventMs;
      this.anchorWall = this.clock.now();
    }
    return Math.max(0, this.anchorWall + (eventMs - this.anchorEvent) / this.speedHeld - this.clock.now());
  }

  passed(eventMs: number): void {
    if (Number.isNaN(this.firstEvent)) this.firstEvent = eventMs;
    if (!(eventMs <= this.reached)) this.reached = eventMs;
  }

  /** A piece let through out of time, in a jump or a step: only what follows counts for the speed. */
  skipped(eventMs: number): void {
    if (!(eventMs <= this.reached)) this.reached = eventMs;
    this.measureFrom(this.reached);
    this.anchor();
  }

  /** Event time played for each unit of wall time; null before there is any. */
  get effectiveSpeed(): number | null {
    const now = this.playingSince === null ? 0 : this.clock.now() - this.playingSince;
    const played = this.playedMs + now;
    if (played <= 0 || Number.isNaN(this.firstEvent)) return null;
    return (this.reached - this.firstEvent) / played;
  }

  private measureFrom(eventMs: number): void {
    if (this.playingSince !== null) this.playingSince = this.clock.now();
    this.playedMs = 0;
    this.firstEvent = eventMs;
  }

  private anchor(): void {
    this.anchorEvent = this.reached;
    this.anchorWall = this.clock.now();
  }
}
