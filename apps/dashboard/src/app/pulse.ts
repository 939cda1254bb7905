import { signal, type Signal } from '@preact/signals';

/** How often the page draws anew at most, by what is drawn. */
const EVERY_MS = { fast: 100, calm: 400, slow: 1000 } as const;

/**
 * When to draw. What comes from the service only marks that there is something new; panels draw when the signal of
 * their rate moves: `fast` for traces, `calm` for lists and ribbons, `slow` for ages and counts. Nothing moves while
 * the page is paused or hidden.
 */
export class Pulse {
  readonly fast: Signal<number> = signal(0);
  readonly calm: Signal<number> = signal(0);
  readonly slow: Signal<number> = signal(0);
  private readonly due = { fast: 0, calm: 0, slow: 0 };
  private dirty = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly isHeld: () => boolean) {}

  start(): void {
    this.timer = setInterval(() => this.beat(performance.now()), EVERY_MS.fast);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Has the component that calls this drawn anew at this rate. */
  follow(rate: keyof typeof EVERY_MS): void {
    void this[rate].value;
  }

  /** Something is new. */
  mark(): void {
    this.dirty = true;
  }

  /** Draw everything at once, paused or not: somebody has done something. */
  now(): void {
    for (const rate of ['fast', 'calm', 'slow'] as const) this[rate].value++;
  }

  private beat(at: number): void {
    if (document.hidden || this.isHeld()) return;
    if (this.dirty) {
      this.dirty = false;
      this.fast.value++;
    }
    for (const rate of ['calm', 'slow'] as const) {
      if (at - this.due[rate] < EVERY_MS[rate]) continue;
      this.due[rate] = at;
      this[rate].value++;
    }
  }
}
