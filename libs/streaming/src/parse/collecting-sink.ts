import {
  SampleBatchBuilder,
  type ActivityVocabulary,
  type DeviceId,
  type RowError,
  type RowErrorCode,
} from '@hark/contracts';
import type { RowSink } from './row-sink.js';

/** A refused row: what is told of it, and its text. */
export interface RejectedRow extends RowError {
  readonly text: string;
  /** Whose row it was, where that could be read. */
  readonly device: DeviceId | null;
}

/** How many refused rows are kept in full, unless told otherwise. */
const MAX_KEPT = 10_000;

/** Good rows into a batch, refused ones into a list. Only the first refused rows are kept, all are counted. */
export class CollectingSink implements RowSink {
  readonly builder: SampleBatchBuilder;
  /** The first refused rows. */
  readonly kept: RejectedRow[] = [];
  /** How many rows were refused in all. */
  rejected = 0;

  constructor(
    readonly activities: Pick<ActivityVocabulary, 'has'>,
    readonly defaultArrivalMs: number,
    private readonly limit = MAX_KEPT,
    capacity = 1024,
  ) {
    this.builder = new SampleBatchBuilder(capacity);
  }

  get full(): boolean {
    return this.kept.length >= this.limit;
  }

  reject(row: number, code: RowErrorCode, message: string, text: string, device: DeviceId | null): void {
    this.rejected++;
    if (!this.full) this.kept.push({ row, code, message, text, device });
  }
}
