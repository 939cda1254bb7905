import { signal } from '@preact/signals';

/** Holds the view while everything goes on behind it: what came since is counted, and nothing of it is lost. */
export class PauseControl {
  readonly held = signal(false);
  /** Windows that came since. */
  readonly waiting = signal(0);
  /** Event time at which the view stands still. */
  edgeMs = NaN;
  private uncounted = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** @param edgeMs event time shown now. */
  hold(edgeMs: number): void {
    if (this.held.value) return;
    this.edgeMs = edgeMs;
    this.uncounted = 0;
    this.waiting.value = 0;
    this.held.value = true;
    this.timer = setInterval(() => (this.waiting.value = this.uncounted), 500);
  }

  release(): void {
    clearInterval(this.timer);
    this.held.value = false;
  }

  /** A window has come. */
  count(): void {
    this.uncounted++;
  }
}
