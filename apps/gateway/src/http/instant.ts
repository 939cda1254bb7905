import { fromNanoseconds, type EventTime } from '@hark/contracts';
import { z } from 'zod';

const EXPECTED = 'expected ISO 8601 with a zone, or nanoseconds since 1970 as digits in a string';

/** An instant of event time in a request: ISO 8601 with a zone, or nanoseconds as digits; exact either way. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.string().regex(/^\d{1,19}$/)], EXPECTED)
  .describe('event time: ISO 8601 with a zone, or nanoseconds since 1970 as digits in a string')
  .transform((text, context): EventTime => {
    const time = fromNanoseconds(/^\d+$/.test(text) ? BigInt(text) : nanosecondsOf(text));
    if (time !== null) return time;
    context.addIssue(EXPECTED);
    return z.NEVER;
  });

/** `Date` takes milliseconds at most: what stands behind the point is read by itself. */
function nanosecondsOf(iso: string): bigint {
  const [, fraction = ''] = /\.(\d+)/.exec(iso) ?? [];
  const wholeSeconds = Date.parse(iso.replace(/\.\d+/, ''));
  return BigInt(wholeSeconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}
