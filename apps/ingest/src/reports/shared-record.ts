import type { ByteArena } from '@hark/contracts';
import type { LogRecord } from '@hark/streaming';
import type { RowBatch, SourceRows } from '@hark/streaming/queries';

/** A record as several reports take it: copied to an arena, and decoded there once, when the first asks for it. */
export class SharedRecord implements LogRecord {
  readonly key: string;
  readonly value: Uint8Array;
  readonly offset: number;
  readonly timestamp: number;
  private decoded: RowBatch | null | undefined;

  constructor(
    { key, value, offset, timestamp }: LogRecord,
    private readonly arena: ByteArena,
  ) {
    this.key = key;
    this.value = arena.copy(value);
    this.offset = offset;
    this.timestamp = timestamp;
  }

  /** @param source of the record's topic. @returns null when it holds no rows. */
  rows(source: SourceRows): RowBatch | null {
    if (this.decoded === undefined) this.decoded = source.rows(this, this.arena);
    return this.decoded;
  }
}
