import type { LogAwayError } from '../../log/log.js';

/** Partitions and coordinators find new leaders within this: Kafka is not away meanwhile. */
const GRACE_MS = 1500;

/** Whether Kafka answers, as everything that talks to it has found last; says each change once. */
export class Availability {
  private reason: string | null = null;
  private failingSince: number | null = null;

  constructor(
    private readonly changed: (reason: string | null) => void = () => undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Why Kafka is away; null = it answers. */
  get away(): string | null {
    return this.reason;
  }

  lost(error: LogAwayError): void {
    this.failingSince ??= this.now();
    if (this.reason !== null || this.now() - this.failingSince < GRACE_MS) return;
    this.reason = error.message;
    this.changed(this.reason);
  }

  found(): void {
    this.failingSince = null;
    if (this.reason === null) return;
    this.reason = null;
    this.changed(null);
  }
}
