import {
  Runner,
  type ArtifactStore,
  type LogReader,
  type LogWriter,
  type RunnerOptions,
} from '@hark/streaming';
import type { Clock } from '../clock.js';
import { DESK_TOPICS, type AlertDesk } from './alert-desk.js';

/** The desk's state is small, what it reads is not: stored often, little is read again after a crash. */
const SNAPSHOT_EVERY_BYTES = 8_388_608;

interface Waiter {
  readonly topic: string;
  readonly end: number;
  readonly done: () => void;
}

/** Drives the desk, and lets others wait for what it has taken. */
export class DeskRunner {
  private readonly runner: Runner;
  /** Of each topic, the offset up to which what the desk took stands in the log. */
  private readonly taken = new Map<string, number>();
  private readonly waiting = new Set<Waiter>();
  private ended = false;

  constructor(
    options: {
      readonly log: LogReader;
      readonly writer: LogWriter;
      readonly artifacts: ArtifactStore;
      readonly sleep: RunnerOptions['sleep'];
      readonly maxStepBytes: number;
      readonly onCorrupt?: RunnerOptions['onCorrupt'];
    },
    readonly desk: AlertDesk,
    private readonly clock: Clock,
  ) {
    this.runner = new Runner({
      ...options,
      name: 'alert-desk',
      processor: desk,
      inputs: DESK_TOPICS.map((topic) => ({ topic, partition: 0 })),
      snapshotEveryBytes: SNAPSHOT_EVERY_BYTES,
      onStep: ({ inputs }) => {
        for (const { topic, to } of inputs) this.taken.set(topic, to);
        for (const waiter of [...this.waiting]) if (this.hasTaken(waiter)) waiter.done();
      },
    });
  }

  async recover(): Promise<void> {
    await this.runner.recover();
    const { inputs } = await this.runner.progress();
    for (const { topic, position } of inputs) this.taken.set(topic, position);
  }

  /** See {@link Runner.storeStateSoon}. */
  storeStateSoon(): void {
    this.runner.storeStateSoon();
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.runner.run(signal);
    } finally {
      this.ended = true;
      for (const { done } of [...this.waiting]) done();
    }
  }

  /** Records that wait for the desk. */
  async lag(): Promise<number> {
    const { inputs } = await this.runner.progress();
    return inputs.reduce((sum, { lag }) => sum + lag, 0);
  }

  /** Resolves when what the desk took of the topic up to `end` stands, after `limitMs`, or when it is stopped. */
  until(topic: string, end: number, limitMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.waiting.delete(waiter);
        resolve();
      };
      const waiter = { topic, end, done };
      const cancel = limitMs === null ? () => undefined : this.clock.after(limitMs, done);
      this.waiting.add(waiter);
      if (this.ended || this.hasTaken(waiter)) done();
    });
  }

  private hasTaken({ topic, end }: Waiter): boolean {
    return (this.taken.get(topic) ?? 0) >= end;
  }
}
