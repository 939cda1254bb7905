import { partitionKey, type InputRange, type LogReader, type LogRecord } from '@hark/streaming';

/** The log up to where it stood when a trigger began: what comes later waits for the next one. */
export class TriggerReader implements LogReader {
  private readonly limits = new Map<string, number>();
  /** Milliseconds spent reading since {@link takeReadingMs} was called last. */
  private readingMs = 0;

  constructor(
    private readonly log: LogReader,
    /** A clock for durations, milliseconds. */
    private readonly elapsed: () => number,
  ) {}

  limit(topic: string, partition: number, end: number): void {
    this.limits.set(partitionKey(topic, partition), end);
  }

  /** Whether a trigger has begun. */
  get isLimited(): boolean {
    return this.limits.size > 0;
  }

  async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    const limit = this.limits.get(partitionKey(topic, partition)) ?? Infinity;
    if (from >= limit) return [];
    const began = this.elapsed();
    const records = await this.log.read(topic, partition, from, maxBytes);
    this.readingMs += this.elapsed() - began;
    return from + records.length > limit ? records.slice(0, limit - from) : records;
  }

  takeReadingMs(): number {
    const spent = this.readingMs;
    this.readingMs = 0;
    return spent;
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    return this.log.lookUp(topic, partition, offset);
  }

  end(topic: string, partition: number): Promise<number> {
    return this.log.end(topic, partition);
  }

  earliest(topic: string, partition: number): Promise<number> {
    return this.log.earliest(topic, partition);
  }

  firstStep(app: string, runner: string): Promise<number> {
    return this.log.firstStep(app, runner);
  }

  steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
  ): Promise<readonly (readonly InputRange[])[]> {
    return this.log.steps(app, runner, from, limit);
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.log.changed(signal);
  }
}
