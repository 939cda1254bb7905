import type { Clock } from '../clock.js';

/** A clock for tests: time moves when `advance` says so. */
export class ManualClock implements Clock {
  private timers: { readonly at: number; readonly action: () => void }[] = [];

  /** Turns taken. */
  turns = 0;

  constructor(private time = 0) {}

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.time + ms, action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  turn(): Promise<void> {
    this.turns++;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Timers waiting. */
  get pending(): number {
    return this.timers.length;
  }

  /** Moves time on, firing what falls due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.action();
    }
    this.time = end;
  }
}
