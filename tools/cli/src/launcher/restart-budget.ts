/** How often an app that dies may be started again: pauses that double up to 5 s, ten starts a minute at most. */
export class RestartBudget {
  private readonly restarts: number[] = [];

  constructor(
    private readonly most = 10,
    private readonly withinMs = 60_000,
    private readonly firstPauseMs = 100,
  ) {}

  /** @returns milliseconds to wait before starting again; null when it has died too often. */
  next(nowMs: number): number | null {
    while (this.restarts.length > 0 && nowMs - this.restarts[0] >= this.withinMs) this.restarts.shift();
    if (this.restarts.length >= this.most) return null;
    const pause = Math.min(5000, this.firstPauseMs * (1 << Math.min(this.restarts.length, 10)));
    this.restarts.push(nowMs);
    return pause;
  }
}
