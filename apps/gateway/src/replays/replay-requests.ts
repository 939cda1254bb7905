import { fromNanoseconds, type EventTime } from '@hark/contracts';
import { z } from 'zod';

/** `current`, 37, "37" or "v37". */
const version = z
  .union([z.literal('current'), z.number().int().min(0).max(999_999_999), z.string().regex(/^v?\d{1,9}$/)])
  .transform(String);

const speed = z.union([z.number().positive().max(1_000_000), z.literal('max')]);

/** An instant of event time: ISO 8601, or nanoseconds as digits. */
const instant = z.string().transform((text, context): EventTime => {
  const time = /^\d{1,19}$/.test(text) ? fromNanoseconds(BigInt(text)) : isoTime(text);
  if (time !== null) return time;
  context.addIssue({ code: 'custom', message: 'expected ISO 8601 or nanoseconds since 1970' });
  return z.NEVER;
});

function isoTime(text: string): EventTime | null {
  const ms = z.iso.datetime({ offset: true }).safeParse(text).success ? Date.parse(text) : NaN;
  return ms >= 0 ? { ms, subNs: 0 } : null;
}

const session = z.string().regex(/^[0-9a-f]{16}$/);

export const replayBody = z.strictObject({
  session,
  speed: speed.default(1),
  model: version.default('current'),
  learn: z.boolean().default(false),
  timeMode: z.enum(['preserve', 'shift']).default('preserve'),
  start: instant.optional(),
  end: instant.optional(),
  loop: z.boolean().default(false),
  paused: z.boolean().default(false),
});
export type ReplayRequest = z.infer<typeof replayBody>;

export const controlBody = z.strictObject({
  command: z.enum(['play', 'pause', 'step', 'seek', 'stop']),
  speed: speed.optional(),
  to: instant.optional(),
});
export type ControlRequest = z.infer<typeof controlBody>;

export const compareBody = z.strictObject({ session, models: z.array(version).min(2).max(4) });
export type CompareRequest = z.infer<typeof compareBody>;
