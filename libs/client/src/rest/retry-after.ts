/**
 * How long `Retry-After` (RFC 9110, section 10.2.3) asks to wait, milliseconds: seconds, or a date; 0 without one.
 *
 * @param nowMs wall clock, milliseconds since 1970.
 */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return ms > 0 ? ms : 0;
}
