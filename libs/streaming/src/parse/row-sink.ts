import type { ActivityVocabulary, DeviceId, RowErrorCode, SampleBatchBuilder } from '@hark/contracts';

/** Where a parser puts what it reads. */
export interface RowSink {
  /** Takes the good rows. Not to be emptied during a call of `parse`, only between calls. */
  readonly builder: SampleBatchBuilder;
  readonly activities: Pick<ActivityVocabulary, 'has'>;
  /** Arrival_Time of a row that has none, or one that is not a time: milliseconds since 1970. */
  readonly defaultArrivalMs: number;
  /** True once refused rows are only counted: their text is not looked at. */
  readonly full?: boolean;
  /**
   * Told of each row refused.
   *
   * @param row counted from 1 over the life of the parser; headers and blank lines are not rows.
   * @param message names the column and its value, cut to 64 characters.
   * @param text the row as it came, cut to {@link MAX_REJECTED_TEXT} characters.
   * @param device whose row it was, where its user and device could be read.
   */
  reject(row: number, code: RowErrorCode, message: string, text: string, device: DeviceId | null): void;
}

/** How much of a refused row is kept. */
export const MAX_REJECTED_TEXT = 1024;

/** A row longer than this is refused as `malformed`. */
export const MAX_ROW_BYTES = 65_536;

/** The columns of HHAR that mean something here; `Index` and others are ignored. */
export const COLUMNS = [
  'User',
  'Device',
  'Model',
  'Sensor',
  'Creation_Time',
  'Arrival_Time',
  'x',
  'y',
  'z',
  'gt',
] as const;
export type Column = (typeof COLUMNS)[number];

export function isColumn(name: string): name is Column {
  return (COLUMNS as readonly string[]).includes(name);
}

/** More streams than a batch can name; nothing of the call's rows may be used. Send fewer devices at a time. */
export class TooManyStreamsError extends Error {
  readonly code = 'too_many_streams';
  constructor() {
    super('more than 65,535 streams (user, device, model, sensor) in one batch: send it in smaller pieces');
  }
}
