import type { Clock } from '../clock.js';

/** Where a subscriber's frames go: a socket or a stream of server-sent events. */
export interface Outlet {
  /** True while more waits to leave than this outlet may hold. Nothing should be sent then. */
  readonly full: boolean;
  send(frame: Buffer): void;
  /** Resolves when there is room again, or when the outlet has been closed. */
  drained(): Promise<void>;
}

export interface OutletLimits {
  /** Bytes that may wait for one reader. */
  readonly bufferBytes: number;
  /** A reader that takes nothing for this long is cut off. */
  readonly stuckMs: number;
}

export const OUTLET_LIMITS: OutletLimits = { bufferBytes: 524_288, stuckMs: 20_000 };

/** Watches what waits to leave towards one reader; says when there is room again and when nothing moves any more. */
export class Backpressure {
  private waiting: (() => void)[] = [];
  private cancelTimer: (() => void) | null = null;
  private closed = false;
  /** The fewest bytes that have waited since somebody began to wait for room. */
  private least = 0;
  /** Grows whenever something left while somebody waited for room. */
  progress = 0;

  /**
   * @param buffered bytes waiting now.
   * @param stuck called once nothing has left for `limits.stuckMs` while somebody waits for room.
   */
  constructor(
    private readonly clock: Clock,
    private readonly limits: OutletLimits,
    private readonly buffered: () => number,
    private readonly stuck: () => void,
  ) {}

  get full(): boolean {
    return this.buffered() > this.limits.bufferBytes;
  }

  drained(): Promise<void> {
    if (this.closed || !this.full) return Promise.resolve();
    if (this.cancelTimer === null) {
      this.least = this.buffered();
      this.cancelTimer = this.clock.after(this.limits.stuckMs, this.stuck);
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** To be called whenever a frame may have left. */
  readonly left = (): void => {
    if (this.cancelTimer === null) return;
    const buffered = this.buffered();
    // What was added meanwhile, a heartbeat say, may leave this process though nobody reads.
    if (buffered >= this.least) return;
    this.least = buffered;
    this.progress++;
    this.cancelTimer();
    this.cancelTimer = null;
    if (buffered <= this.limits.bufferBytes / 2) this.release();
    else this.cancelTimer = this.clock.after(this.limits.stuckMs, this.stuck);
  };

  close(): void {
    this.closed = true;
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.release();
  }

  private release(): void {
    const released = this.waiting;
    this.waiting = [];
    for (const resolve of released) resolve();
  }
}
