/** What became of a request or message, for the person who set the device up. */
export type Verdict =
  /** Samples of it were taken. */
  | 'accepted'
  /** Nothing in it was meant for us, e.g. a test message. */
  | 'ignored'
  /** It had been taken before. */
  | 'duplicate'
  /** It was taken, but its samples are so old that their windows are closed. */
  | 'late'
  /** Nothing of it was taken, or less than all. */
  | 'refused';

/** One request, message or handshake. */
export interface Attempt {
  /** E.g. `POST /v1/sensor-logger`, `MQTT sensor-logger`. */
  readonly way: string;
  /** Of the client; null where it is not known. */
  readonly address: string | null;
  readonly verdict: Verdict;
  /** Why, as a stable code; null when there is nothing to say. */
  readonly code: string | null;
  readonly user: string | null;
  readonly device: string | null;
  /** Rows. */
  readonly accepted: number;
  readonly rejected: number;
  /** Readings of other sensors. */
  readonly ignored: number;
  /** Numbered messages that have not come yet. */
  readonly missing: number;
  /** How far the newest sample lies ahead of its receipt, milliseconds; negative = behind, null = no sample. */
  readonly aheadMs: number | null;
}

/** Attempts of one kind by one client, the last one in full. No axis values. */
export interface Connection extends Attempt {
  /** When the last came, and the first. */
  readonly at: string;
  readonly since: string;
  readonly times: number;
  /** What to do about it, as a sentence; null when nothing has to be done. */
  readonly remedy: string | null;
}

/** An attempt of which nothing is known but where it came from. */
export function attempt(way: string, verdict: Verdict, known: Partial<Attempt> = {}): Attempt {
  return {
    address: null,
    code: null,
    user: null,
    device: null,
    accepted: 0,
    rejected: 0,
    ignored: 0,
    missing: 0,
    aheadMs: null,
    ...known,
    way,
    verdict,
  };
}
