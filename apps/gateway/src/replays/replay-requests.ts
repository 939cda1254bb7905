import { compareEventTime } from '@hark/contracts';
import { z } from 'zod';
import { instant } from '../http/instant.js';

/** `current`, 37, "37" or "v37". */
const VERSION = 'expected "current" or the number of a version, such as 33, "33" or "v33"';
const version = z
  .union(
    [
      z.literal('current'),
      z.number().int(VERSION).min(0, VERSION).max(999_999_999, VERSION),
      z.string().regex(/^v?\d{1,9}$/, VERSION),
    ],
    VERSION,
  )
  .transform(String);

const SPEED = 'expected a number above 0 and up to 1,000,000, or "max"';
const speed = z.union([z.number().positive(SPEED).max(1_000_000, SPEED), z.literal('max')], SPEED);

const SESSION = 'expected the id of a session: 16 digits of 0-9 and a-f';
const session = z.string(SESSION).regex(/^[0-9a-f]{16}$/, SESSION);

const playedBody = z.strictObject({
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
export const replayBody = playedBody.refine(
  ({ start, end }) => start === undefined || end === undefined || compareEventTime(start, end) < 0,
  { error: 'expected to be before end', path: ['start'] },
);
export type ReplayRequest = z.infer<typeof replayBody>;

export const controlBody = z
  .strictObject({
    command: z.enum(['play', 'pause', 'step', 'seek', 'stop']),
    speed: speed.optional(),
    to: instant.optional(),
  })
  .refine(({ command, to }) => (command === 'seek') === (to !== undefined), {
    error: 'expected with seek, the event time to go to, and only there',
    path: ['to'],
  })
  // The refinement, in words of JSON Schema.
  .meta({
    if: { properties: { command: { const: 'seek' } } },
    then: { required: ['to'] },
    else: { properties: { to: false } },
  });
export type ControlRequest = z.infer<typeof controlBody>;

export const compareBody = z.strictObject({ session, models: z.array(version).min(2).max(4) });
export type CompareRequest = z.infer<typeof compareBody>;
