/** Why a row was refused; the `code` of a row error and of its record in `dead-letter`. */
export type RowErrorCode =
  | 'malformed'
  | 'missing_axis'
  | 'non_finite'
  | 'invalid_user'
  | 'invalid_device'
  | 'invalid_model'
  | 'invalid_time'
  | 'unknown_activity'
  | 'sensor_missing'
  | 'unknown_sensor';

export interface RowError {
  /** Row of the request or file, counted from 1, header lines not counted. */
  readonly row: number;
  readonly code: RowErrorCode;
  readonly message: string;
}

/** A record of the topic `dead-letter`: the row as it came, and why it was refused. */
export interface DeadLetter extends RowError {
  /** Where it came from, e.g. `http` or a file's name. */
  readonly source: string;
  /** The row's text, cut at 1,024 characters. */
  readonly text: string;
  readonly receivedMs: number;
}
