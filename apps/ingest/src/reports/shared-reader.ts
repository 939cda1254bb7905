import { ByteArena } from '@hark/contracts';
import { LogView, partitionKey, type LogReader, type LogRecord } from '@hark/streaming';
import { SharedRecord } from './shared-record.js';

/** Reads kept, over all partitions: reports that are due together read the same, one after the other. */
const READS_KEPT = 3;

interface KeptRead {
  readonly records: readonly SharedRecord[];
  /** Holds the bytes of the records and what is decoded of them. */
  readonly arena: ByteArena;
}

/**
 * The log as several reports read it, one after the other: what one has read lately is handed to the next that asks for
 * the same, as the same objects, so that what was decoded of a record is found again by it.
 *
 * A report keeps up with the log in large steps, and between two of them others have their turn: bytes that were new
 * for each read would outlive the young generation and make the collector look at the whole heap again and again. So
 * reads take turns in a few arenas. A record is valid until {@link READS_KEPT} reads have been made or asked for since.
 */
export class SharedReader extends LogView {
  /** The one asked for last is the last. */
  private readonly kept = new Map<string, KeptRead>();
  private readonly spare: ByteArena[] = [];

  constructor(
    log: LogReader,
    /** Lets others have their turn; before each read of the log itself. */
    private readonly turn: () => Promise<void>,
  ) {
    super(log);
  }

  override async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    const key = `${partitionKey(topic, partition)}/${from}/${maxBytes}`;
    const known = this.kept.get(key);
    if (known !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, known);
      return known.records;
    }
    await this.turn();
    const read = await super.read(topic, partition, from, maxBytes);
    if (read.length === 0) return read;
    const arena = this.room();
    const records = read.map((record) => new SharedRecord(record, arena));
    this.kept.set(key, { records, arena });
    return records;
  }

  /** What was read is read no more, and its room is given back. */
  forget(): void {
    this.kept.clear();
    this.spare.length = 0;
  }

  /** Room for one more read: where there are enough, that of the read that nobody has asked for the longest. */
  private room(): ByteArena {
    if (this.kept.size >= READS_KEPT) {
      const [[key, { arena }]] = this.kept;
      this.kept.delete(key);
      arena.clear();
      this.spare.push(arena);
    }
    return this.spare.pop() ?? new ByteArena();
  }
}
