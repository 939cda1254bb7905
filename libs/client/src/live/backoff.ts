const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Pauses between tries: from 250 ms doubling to 30 s, each shortened by up to half so that clients do not come in step. */
export class Backoff {
  /** Tries that came to nothing since the last `reset`. */
  tries = 0;

  /** @param random in [0, 1). */
  constructor(private readonly random: () => number) {}

  /** How long to wait before the next try, milliseconds. */
  next(): number {
    const longest = Math.min(LONGEST_MS, FIRST_MS * (1 << Math.min(this.tries++, 10)));
    return Math.round(longest * (1 - this.random() / 2));
  }

  reset(): void {
    this.tries = 0;
  }
}
