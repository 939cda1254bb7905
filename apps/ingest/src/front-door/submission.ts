import type { SampleBatch } from '@hark/contracts';
import type { RejectedRow } from '@hark/streaming';

/** How a client numbers its batches. */
export interface Numbering {
  readonly producer: string;
  /** 1, 2, 3 …; `null` for an end without a batch. */
  readonly sequence: number | null;
  /** Nothing comes after this. */
  readonly end: boolean;
  /** A partition's part of the batch: numbers in between may have brought nothing for it. */
  readonly part?: true | undefined;
}

/** What one request, message or file brought. */
export interface Submission {
  readonly batch: SampleBatch;
  /** The batch in the encoding of the log, where it came so. */
  readonly encoded?: Uint8Array | undefined;
  /** Rows refused in all. */
  readonly rejected: number;
  /** The first of them, with their text. */
  readonly kept: readonly RejectedRow[];
  /** Where it came from, e.g. `http`: stands in the records of refused rows. */
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
  readonly numbering?: Numbering | undefined;
}
