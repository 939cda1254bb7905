import { QuerySpecError } from '../query-spec-error.js';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const PART = /\s*(\d+(?:\.\d+)?)\s*(ms|[a-z]+?)s?(?=\s|\d|$)/y;

/**
 * Reads a duration: `10 minutes`, `2.56 seconds`, `1 hour 30 minutes`.
 *
 * @returns whole milliseconds.
 * @throws QuerySpecError
 */
export function durationMs(text: string, field: string): number {
  let milliseconds = 0;
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    PART.lastIndex = at;
    const match = PART.exec(text.toLowerCase());
    const unit = match === null ? undefined : UNITS[match[2]];
    if (match === null || unit === undefined) break;
    // Rounded, for 2.56 × 1000 is no whole number of doubles; a finer part is refused below.
    milliseconds += Number((Number(match[1]) * unit).toFixed(6));
    at += match[0].length;
  }
  if (at < end || end === 0 || !Number.isSafeInteger(milliseconds)) {
    throw new QuerySpecError(
      field,
      'duration_syntax',
      `${JSON.stringify(text)} is no duration of whole milliseconds such as "10 minutes" or "2.56 seconds"`,
    );
  }
  return milliseconds;
}

/** @throws QuerySpecError when it is not longer than nothing. */
export function positiveDurationMs(text: string, field: string): number {
  const milliseconds = durationMs(text, field);
  if (milliseconds === 0) {
    throw new QuerySpecError(field, 'duration_not_positive', 'the duration must be longer than nothing');
  }
  return milliseconds;
}
