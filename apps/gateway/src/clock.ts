/** Time as the gateway's parts see it: handed in, so that tests turn it by hand. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Calls `action` once after `ms`; the returned function cancels it. */
  after(ms: number, action: () => void): () => void;
  /** Resolves once everything else that is due has had its turn. */
  turn(): Promise<void>;
}

/** The process's own clock. Timers don't keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
