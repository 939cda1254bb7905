import { SequencedLog, countSteps, isTrimmable, type LogReader } from '@hark/streaming';

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
    const { log, app, runner } = this;
    if (log instanceof SequencedLog) {
      const position = await log.position(app, runner, this.topic);
      if (position !== null) return position;
    }
    if (this.steps === 0) this.steps = (await countSteps(log, app, runner)) - 100;
    // Its journal may have been trimmed since.
    this.steps = Math.max(this.steps, await log.firstStep(app, runner));
    for (;;) {
      const steps = await log.steps(app, runner, this.steps, 1000);
      for (const range of steps.flat()) if (range.topic === this.topic) this.position = range.to;
      this.steps += steps.length;
      if (steps.length < 1000) break;
    }
    if (this.position > 0) return this.position;
    // Nothing is left in its journal but where it stands.
    if (!isTrimmable(log) || (await log.firstStep(app, runner)) < this.steps) return null;
    return (await log.needs(this.topic, 0)).get(`${app}/${runner}`) ?? null;
  }
}
