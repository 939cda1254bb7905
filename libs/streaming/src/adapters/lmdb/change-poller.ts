const SHORTEST_MS = 1;
const LONGEST_MS = 20;
/** From the shortest to the longest pause in about 150 polls, a second: a poll takes microseconds. */
const GROWTH = 1.02;
/** While all is quiet and the files are watched: in case a watch has missed something. */
const WATCHED_MS = 1000;

/**
 * Begins to watch for changes: `changed` is called for each, and now and then for nothing.
 * @returns what ends it, or null where nothing can be watched.
 */
export type Watch = (changed: () => void) => (() => void) | null;

/**
 * Wakes waiters when a number that other processes change has changed. Looks only while somebody waits: every
 * millisecond while changes come, ever more seldom when they don't; and once it is quiet, when the watch says that
 * something was written. Its timer does not keep the process alive.
 */
export class ChangePoller {
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = SHORTEST_MS;
  private seen = -1;
  /** Ends the watch; null while there is none. */
  private unwatch: (() => void) | null = null;

  /** @param probe the number now; called often, must be cheap. When it throws, waiters wake and meet the error. */
  constructor(
    private readonly probe: () => number,
    private readonly watch: Watch = () => null,
  ) {}

  /** Resolves after a change since the call, after {@link wake}, or when `signal` is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        if (this.waiting.size === 0) this.rest();
        resolve();
      };
      if (this.waiting.size === 0) {
        this.seen = this.ask();
        this.schedule(this.pauseMs);
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

  private rest(): void {
    clearTimeout(this.timer);
    this.unwatch?.();
    this.unwatch = null;
  }

  private schedule(pauseMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.poll(), pauseMs);
    this.timer.unref();
  }

  private poll(): void {
    // NaN differs from itself: who waits wakes, and its own read says what is wrong.
    if (this.ask() !== this.seen) return this.wake();
    if (this.unwatch !== null) return this.schedule(WATCHED_MS);
    this.pauseMs = Math.min(LONGEST_MS, this.pauseMs * GROWTH);
    // Asked once more when the watch stands, for what was written before.
    if (this.pauseMs === LONGEST_MS) this.unwatch = this.watch(() => this.poll());
    this.schedule(this.pauseMs);
  }

  private ask(): number {
    try {
      return this.probe();
    } catch {
      return NaN;
    }
  }
}
