import type { LogReader, LogRecord } from '@hark/streaming';

const READ_BYTES = 1 << 20;

/** The records of a topic, one after the other. */
export class StoredRecords {
  private ahead: readonly LogRecord[] = [];
  private taken = 0;

  constructor(
    private readonly log: LogReader,
    readonly topic: string,
    private offset = 0,
  ) {}

  /** Offset of the record that {@link next} gives. */
  get position(): number {
    return this.offset;
  }

  /** Passes over the next record, which the log need not keep any more. */
  skip(): void {
    this.offset++;
  }

  /** The next record, or null at the end. */
  async next(): Promise<LogRecord | null> {
    if (this.taken === this.ahead.length) {
      this.ahead = await this.log.read(this.topic, 0, this.offset, READ_BYTES);
      this.taken = 0;
      if (this.ahead.length === 0) return null;
    }
    this.offset++;
    return this.ahead[this.taken++];
  }
}
