import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** A bar on standard error, or nothing where nobody watches. */
export class Progress {
  private readonly bar: SingleBar | null;
  private shown = false;
  private last = 0;

  /** @param what is being done, e.g. `importing`. */
  constructor(
    terminal: Terminal,
    private readonly what: string,
  ) {
    this.bar = terminal.interactive
      ? new SingleBar(
          {
            format: '{what} {bar} {percentage} % {text}',
            stream: process.stderr,
            hideCursor: true,
            clearOnComplete: true,
            barsize: 30,
            gracefulExit: false,
          },
          Presets.shades_classic,
        )
      : null;
  }

  /** @param share of the work done, 0 to 1. Drawn ten times a second at most. */
  update(share: number, text: string): void {
    const now = performance.now();
    if (this.bar === null || (this.shown && now - this.last < 100)) return;
    this.last = now;
    const payload = { what: this.what, text };
    if (this.shown) this.bar.update(Math.min(100, Math.floor(100 * share)), payload);
    else this.bar.start(100, Math.floor(100 * share), payload);
    this.shown = true;
  }

  stop(): void {
    if (this.shown) this.bar?.stop();
    this.shown = false;
  }
}
