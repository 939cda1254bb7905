import { compareEventTime, fromNanoseconds, type EventTime } from '@hark/contracts';
import { UsageError } from '../terminal/failures.js';

/** A part of a recording in event time; `to` is excluded. */
export interface EventRange {
  readonly from: EventTime | null;
  readonly to: EventTime | null;
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads `--start` and `--end`: ISO 8601 with a zone, or nanoseconds as digits. @throws UsageError */
export function eventRange(start: string | undefined, end: string | undefined): EventRange {
  const from = start === undefined ? null : instant('--start', start);
  const to = end === undefined ? null : instant('--end', end);
  if (from !== null && to !== null && compareEventTime(from, to) >= 0) {
    throw new UsageError(`--start ${start} is not before --end ${end}`);
  }
  return { from, to };
}

export function inRange({ from, to }: EventRange, time: EventTime): boolean {
  return (
    (from === null || compareEventTime(time, from) >= 0) && (to === null || compareEventTime(time, to) < 0)
  );
}

function instant(option: string, text: string): EventTime {
  const time = /^\d{1,19}$/.test(text) ? fromNanoseconds(BigInt(text)) : isoTime(text);
  if (time !== null) return time;
  throw new UsageError(
    `${option} ${text}: give ISO 8601 with a zone, such as 2026-01-01T00:00:00Z, or nanoseconds since 1970`,
  );
}

function isoTime(text: string): EventTime | null {
  const ms = ISO.test(text) ? Date.parse(text) : NaN;
  return ms >= 0 ? { ms, subNs: 0 } : null;
}
