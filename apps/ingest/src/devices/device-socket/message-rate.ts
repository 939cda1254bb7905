const SECOND_MS = 1000;

/** Counts messages against a rate, second by second of a clock that may also jump. */
export class MessageRate {
  private beganMs = 0;
  private count = 0;

  constructor(private readonly perSecond: number) {}

  /** Counts one. @returns milliseconds for which no other is to be taken; 0 = go on. */
  taken(nowMs: number): number {
    const passedMs = nowMs - this.beganMs;
    if (passedMs < 0 || passedMs >= SECOND_MS) {
      this.beganMs = nowMs;
      this.count = 0;
    }
    if (++this.count < this.perSecond) return 0;
    return SECOND_MS - (nowMs - this.beganMs);
  }
}
