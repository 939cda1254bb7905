import { CorruptLogError, TrimmedError, partitionKey, type LogReader, type LogRecord } from '../log/log.js';

/** Reads the inputs of a runner, each on from where the runner stands in it. */
export class InputReader {
  private readonly positions = new Map<string, number>();

  /** @param onCorrupt see `RunnerOptions`. */
  constructor(
    private readonly log: LogReader,
    private readonly onCorrupt: ((error: CorruptLogError) => void) | undefined,
  ) {}

  /** Offset of the next record; null where nothing has been read. */
  position(topic: string, partition: number): number | null {
    return this.positions.get(partitionKey(topic, partition)) ?? null;
  }

  /** @param key see {@link partitionKey}. */
  moveTo(key: string, position: number): void {
    this.positions.set(key, position);
  }

  /**
   * The next records of a topic; of one that has not been read at all, the first that are kept. What is damaged is left
   * out: the journal says so, for the step begins behind it.
   */
  async next(
    topic: string,
    partition: number,
    maxBytes: number,
  ): Promise<{ readonly from: number; readonly records: readonly LogRecord[] }> {
    const { log, onCorrupt } = this;
    for (let room = maxBytes; ;) {
      const known = this.position(topic, partition);
      const from = known ?? (await log.earliest(topic, partition));
      try {
        return { from, records: await log.read(topic, partition, from, room) };
      } catch (error) {
        if (error instanceof CorruptLogError && onCorrupt !== undefined) {
          // What stands before it is taken first.
          room = 1;
          if (error.offset > from) continue;
          onCorrupt(error);
          this.moveTo(partitionKey(topic, partition), Math.max(from + 1, error.next));
        } else if (known !== null || !(error instanceof TrimmedError)) {
          throw error;
        }
        // Else trimmed in between.
      }
    }
  }

  /** What follows within a step: nothing where it is damaged, which the next step sees. */
  async following(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    try {
      return await this.log.read(topic, partition, from, maxBytes);
    } catch (error) {
      if (error instanceof CorruptLogError) return [];
      throw error;
    }
  }
}
