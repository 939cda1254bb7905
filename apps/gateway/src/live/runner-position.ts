import type { LogReader } from '@hark/streaming';

/**
 * How far another app's runner has read a topic, from its journal in the log. Follows the journal: the first look
 * finds its end by bisection, later ones go on from there.
 */
export class RunnerPosition {
  /** Steps looked at, or passed over. */
  private steps = 0;
  private position = 0;

  constructor(
    private readonly log: LogReader,
    private readonly app: string,
    private readonly runner: string,
    private readonly topic: string,
  ) {}

  /** Offset of the next record that the runner takes, or null where it has taken none of late. */
  async next(): Promise<number | null> {
    if (this.steps === 0) this.steps = Math.max(0, (await this.count()) - 100);
    for (;;) {
      const steps = await this.log.steps(this.app, this.runner, this.steps, 1000);
      for (const range of steps.flat()) if (range.topic === this.topic) this.position = range.to;
      this.steps += steps.length;
      if (steps.length < 1000) break;
    }
    return this.position === 0 ? null : this.position;
  }

  private async count(): Promise<number> {
    const has = async (step: number) => (await this.log.steps(this.app, this.runner, step, 1)).length > 0;
    if (!(await has(0))) return 0;
    let low = 0;
    let high = 1;
    while (await has(high)) {
      low = high;
      high *= 2;
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await has(middle)) low = middle;
      else high = middle;
    }
    return high;
  }
}
