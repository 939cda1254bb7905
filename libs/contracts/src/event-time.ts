/**
 * Event time is `Creation_Time`: int64 nanoseconds, exact. A JavaScript number holds 53 bits, so an instant is
 * kept as two numbers that are each exact: whole milliseconds and the nanoseconds within that millisecond.
 */
export interface EventTime {
  /** Whole milliseconds, 0 to 9,223,372,036,854. */
  readonly ms: number;
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  readonly subNs: number;
}

/** The largest int64, 9,223,372,036,854,775,807 ns, as an event time. */
export const MAX_EVENT_TIME: EventTime = { ms: 9_223_372_036_854, subNs: 775_807 };

const MAX_NANOSECONDS = 9_223_372_036_854_775_807n;
const DECIMAL = /^\d{1,19}$/;
const SCIENTIFIC = /^(\d)(?:\.(\d+))?[eE]\+?(\d{1,3})$/;

/**
 * Reads nanoseconds written as decimal digits, or in the scientific form that a spreadsheet leaves behind
 * (`1.42469663191325E+018`); the digits that the spreadsheet rounded away come back as zeros.
 *
 * @returns the instant, or `null` when the text is not a non-negative 64-bit integer.
 */
export function parseEventTime(text: string): EventTime | null {
  if (DECIMAL.test(text)) return fromNanoseconds(BigInt(text));
  const match = SCIENTIFIC.exec(text);
  if (match === null) return null;
  const [, lead = '', fraction = '', exponent = ''] = match;
  const zeros = Number(exponent) - fraction.length;
  if (zeros < 0 || Number(exponent) > 18) return null;
  return fromNanoseconds(BigInt(lead + fraction + '0'.repeat(zeros)));
}

/** @returns the instant, or `null` outside 0 to 2^63 − 1. */
export function fromNanoseconds(nanoseconds: bigint): EventTime | null {
  if (nanoseconds < 0n || nanoseconds > MAX_NANOSECONDS) return null;
  return { ms: Number(nanoseconds / 1_000_000n), subNs: Number(nanoseconds % 1_000_000n) };
}

export function toNanoseconds(time: EventTime): bigint {
  return BigInt(time.ms) * 1_000_000n + BigInt(time.subNs);
}

/** Nanoseconds as decimal digits, without leading zeros. */
export function formatNanoseconds(ms: number, subNs: number): string {
  return ms === 0 ? String(subNs) : `${ms}${String(subNs).padStart(6, '0')}`;
}

/** Negative, zero or positive as `a` is before, at or after `b`. */
export function compareEventTime(a: EventTime, b: EventTime): number {
  return a.ms - b.ms || a.subNs - b.subNs;
}

/** ISO 8601 in UTC with milliseconds; beyond the calendar's range of `Date` (8.64e15 ms) nothing int64 reaches. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}
