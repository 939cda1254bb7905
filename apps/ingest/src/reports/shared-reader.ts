import { partitionKey, type InputRange, type LogReader, type LogRecord } from '@hark/streaming';

/** Reads kept, over all partitions: reports that are due together read the same, one after the other. */
const READS_KEPT = 3;

/**
 * The log as several reports read it: what one has read lately is handed to the next that asks for the same, as the
 * same objects, so that what was decoded of a record is found again by it.
 */
export class SharedReader implements LogReader {
  private readonly kept = new Map<string, readonly LogRecord[]>();

  constructor(
    private readonly log: LogReader,
    /** Lets others have their turn; before each read of the log itself. */
    private readonly turn: () => Promise<void>,
  ) {}

  async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    const key = `${partitionKey(topic, partition)}/${from}/${maxBytes}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    await this.turn();
    const records = await this.log.read(topic, partition, from, maxBytes);
    if (records.length > 0) this.keep(key, records);
    return records;
  }

  /** What was read is read no more. */
  forget(): void {
    this.kept.clear();
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    return this.log.lookUp(topic, partition, offset);
  }

  end(topic: string, partition: number): Promise<number> {
    return this.log.end(topic, partition);
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

  private keep(key: string, records: readonly LogRecord[]): void {
    this.kept.set(key, records);
    if (this.kept.size <= READS_KEPT) return;
    const [oldest] = this.kept.keys();
    this.kept.delete(oldest);
  }
}
