import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import { HHAR_COLUMNS } from '@hark/streaming';
import { SequenceGapError } from './producers.js';

interface Meaning {
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
  /** Bad input of which nothing else leaves a trace. */
  readonly unreadable?: true;
  /** What to do about it over HTTP, where the error does not say it. */
  readonly advice?: string;
}

const NO_ROW = 'No row could be read';

/** What each error of the way in means over HTTP, by its code. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  header_missing: {
    status: 400,
    title: NO_ROW,
    unreadable: true,
    advice: `Add one, or name the columns: ?columns=${HHAR_COLUMNS}.`,
  },
  header_columns: { status: 400, title: NO_ROW, unreadable: true },
  malformed: { status: 400, title: NO_ROW, unreadable: true },
  column_length: { status: 400, title: NO_ROW, unreadable: true },
  record_format: { status: 400, title: NO_ROW, unreadable: true },
  too_many_streams: { status: 413, title: 'Too many streams in one batch' },
  forbidden_user: { status: 403, title: 'Rows of another user' },
  invalid_numbering: { status: 400, title: 'Invalid numbering' },
  sequence_gap: { status: 409, title: 'A batch is missing' },
  broken_body: { status: 400, title: 'Broken body' },
  body_too_large: { status: 413, title: 'Body too large' },
  unsupported_encoding: { status: 415, title: 'Unsupported encoding' },
  overloaded: { status: 429, title: 'Overloaded', retryAfterSeconds: 1 },
  too_many_producers: { status: 429, title: 'Too many producers', retryAfterSeconds: 60 },
  log_full: { status: 503, title: 'The disk is full', retryAfterSeconds: 5 },
  log_away: { status: 503, title: 'Kafka is away', retryAfterSeconds: 5 },
  log_closed: { status: 503, title: 'Stopping', retryAfterSeconds: 5 },
  log_disk: { status: 503, title: 'The disk has failed', retryAfterSeconds: 30 },
  partition_away: { status: 503, title: 'Moving', retryAfterSeconds: 1 },
  fenced: { status: 503, title: 'Taken over', retryAfterSeconds: 5 },
};

/** The codes of {@link problemFor}, by status. */
export function intakeProblemCodes(): Record<number, string[]> {
  const codes: Record<number, string[]> = {};
  for (const [code, { status }] of Object.entries(MEANINGS)) (codes[status] ??= []).push(code);
  return codes;
}

/** What a client is told where the error's own message is about this machine. */
const DETAILS: Readonly<Record<string, string>> = {
  log_full: 'Nothing of this request was taken. Send it again when there is room.',
  log_away: 'Nothing of this request was taken. Send it again.',
  partition_away: 'Another process is taking over; not all of this request was taken. Send it again.',
  log_disk: 'Nothing of this request is sure to be kept. Send it again.',
};

/** The problem that an error is, `null` when nobody foresaw it. */
export function problemFor(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  const meaning = meaningOf(error);
  if (meaning === null) return null;
  const { code, message } = error as Error & { code: string };
  const detail = DETAILS[code] ?? (meaning.advice === undefined ? message : `${message}. ${meaning.advice}`);
  const headers: Record<string, string> =
    meaning.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(meaning.retryAfterSeconds) };
  const answer = problem(meaning.status, code, meaning.title, detail);
  const gap = error instanceof SequenceGapError ? { expected: error.expected } : {};
  return new ProblemError({ ...answer, ...gap }, headers);
}

/** Whether a body could not be read at all. */
export function isUnreadable(error: unknown): error is Error {
  return meaningOf(error)?.unreadable === true;
}

function meaningOf(error: unknown): Meaning | null {
  const code: unknown = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : null;
}
