import type { AppEnvironment } from './app-environment.js';
import {
  decodeNumber,
  encodeNumber,
  frameKey,
  numberOf,
  partitionPrefix,
  sizeKey,
  sizePrefix,
} from './keys.js';

/** A mark stands after so many bytes. */
const MARK_BYTES = 1 << 20;
/** A partition with more than this before its first mark is older than marks. */
const MOST_UNMARKED_BYTES = 4 * MARK_BYTES;

/** How much has been appended to a partition, and how much when the last mark was set. */
export interface Tally {
  readonly total: number;
  readonly marked: number;
}

/**
 * How large a partition is, and its last so many bytes, without reading it: about every MiB a mark says how many bytes
 * had been appended up to an offset. What was appended before there were marks counts as nothing.
 */
export class SizeMarks {
  constructor(private readonly environment: AppEnvironment) {}

  /** As it stands in the log. */
  tally(topic: string, partition: number): Tally {
    const { store } = this.environment;
    const range = {
      start: sizeKey(topic, partition, Number.MAX_SAFE_INTEGER),
      end: sizePrefix(topic, partition),
    };
    let [from, marked] = [this.environment.earliest(topic, partition), 0];
    for (const { key, value } of store.getRange({ ...range, reverse: true, limit: 1 }))
      [from, marked] = [numberOf(key) + 1, decodeNumber(value)];
    let total = marked;
    const frames = { start: frameKey(topic, partition, from), end: partitionPrefix(topic, partition + 1) };
    for (const { key, value } of store.getRange(frames)) {
      total += key.length + value.length;
      // The next record gets a mark.
      if (marked === 0 && total > MOST_UNMARKED_BYTES) return { total: 0, marked: -MARK_BYTES };
    }
    return { total, marked };
  }

  /** Counts a value that is appended under the key. @returns the tally then, and the mark due, if it is. */
  static count(
    { total, marked }: Tally,
    [topic, partition, lastOffset]: readonly [string, number, number],
    bytes: number,
  ): { readonly tally: Tally; readonly mark: readonly [Buffer, Buffer] | null } {
    const sum = total + bytes;
    if (sum - marked < MARK_BYTES) return { tally: { total: sum, marked }, mark: null };
    const mark = [sizeKey(topic, partition, lastOffset), encodeNumber(sum)] as const;
    return { tally: { total: sum, marked: sum }, mark };
  }

  /** Bytes from the first record kept on. */
  bytes(topic: string, partition: number): number {
    const earliest = this.environment.earliest(topic, partition);
    let before = 0;
    if (earliest > 0)
      for (const [, sum] of this.back(topic, partition, earliest - 1)) {
        before = sum;
        break;
      }
    return this.tally(topic, partition).total - before;
  }

  /** See {@link TrimmableLog.offsetKeeping}: it is right behind a mark. */
  offsetKeeping(topic: string, partition: number, bytes: number): number {
    const earliest = this.environment.earliest(topic, partition);
    if (this.bytes(topic, partition) <= bytes) return earliest;
    const { total } = this.tally(topic, partition);
    for (const [offset, sum] of this.back(topic, partition, Number.MAX_SAFE_INTEGER))
      if (total - sum >= bytes) return Math.max(earliest, offset + 1);
    return earliest;
  }

  /** Keys of marks that nobody asks for once the partition begins at the offset: all before it but the last. */
  obsolete(topic: string, partition: number, earliest: number): Buffer[] {
    const range = { start: sizePrefix(topic, partition), end: sizeKey(topic, partition, earliest) };
    return [...this.environment.store.getKeys(range)].slice(0, -1);
  }

  /** The marks up to an offset, the last one first. */
  private *back(topic: string, partition: number, upTo: number): Generator<[offset: number, sum: number]> {
    const range = { start: sizeKey(topic, partition, upTo), end: sizePrefix(topic, partition) };
    for (const { key, value } of this.environment.store.getRange({ ...range, reverse: true }))
      yield [numberOf(key), decodeNumber(value)];
  }
}
