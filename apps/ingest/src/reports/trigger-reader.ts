import { LogView, partitionKey, type LogReader, type LogRecord } from '@hark/streaming';

/** The log up to where it stood when a trigger began: what comes later waits for the next one. */
export class TriggerReader extends LogView {
  private readonly limits = new Map<string, number>();
  /** Milliseconds spent reading since {@link takeReadingMs} was called last. */
  private readingMs = 0;

  constructor(
    log: LogReader,
    /** A clock for durations, milliseconds. */
    private readonly elapsed: () => number,
  ) {
    super(log);
  }

  limit(topic: string, partition: number, end: number): void {
    this.limits.set(partitionKey(topic, partition), end);
  }

  /** Whether a trigger has begun. */
  get isLimited(): boolean {
    return this.limits.size > 0;
  }

  override async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    const limit = this.limits.get(partitionKey(topic, partition)) ?? Infinity;
    if (from >= limit) return [];
    const began = this.elapsed();
    const records = await super.read(topic, partition, from, maxBytes);
    this.readingMs += this.elapsed() - began;
    return from + records.length > limit ? records.slice(0, limit - from) : records;
  }

  takeReadingMs(): number {
    const spent = this.readingMs;
    this.readingMs = 0;
    return spent;
  }
}
