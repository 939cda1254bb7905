const SHORTEST_MS = 1;
const LONGEST_MS = 20;
/** From the shortest to the longest pause in about 150 polls, a second: a poll takes microseconds. */
const GROWTH = 1.02;

/**
 * Wakes waiters when a number that other processes change has changed. Polls only while somebody waits: every
 * millisecond while changes come, ever more seldom when they don't. Its timer does not keep the process alive.
 */
export class ChangePoller {
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = SHORTEST_MS;
  private seen = -1;

  /** @param probe the number now; called often, must be cheap. When it throws, waiters wake and meet the error. */
  constructor(private readonly probe: () => number) {}

  /** Resolves after a change since the call, after {@link wake}, or when `signal` is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        if (this.waiting.size === 0) clearTimeout(this.timer);
        resolve();
      };
      if (this.waiting.size === 0) {
        this.seen = this.ask();
        this.schedule();
      }
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** Something has changed: wakes everybody at once. */
  wake(): void {
    this.pauseMs = SHORTEST_MS;
    for (const done of [...this.waiting]) done();
  }

  private schedule(): void {
    this.timer = setTimeout(() => this.poll(), this.pauseMs);
    this.timer.unref();
  }

  private poll(): void {
    // NaN differs from itself: who waits wakes, and its own read says what is wrong.
    if (this.ask() !== this.seen) return this.wake();
    this.pauseMs = Math.min(LONGEST_MS, this.pauseMs * GROWTH);
    this.schedule();
  }

  private ask(): number {
    try {
      return this.probe();
    } catch {
      return NaN;
    }
  }
}
