import { subscribePayload, type SubscribePayload } from '@hark/contracts';
import { z } from 'zod';

/** A cursor as an event's id: `epoch:offset`. */
export const CURSOR = /^([^:]{1,64}):(-1|\d{1,15})$/;
const RATE = 'expected a number above 0 and up to 1000';
const PROBABILITY = 'expected a number from 0 to 1';
const DWELL = 'expected a whole number from 0 to 3600000';
const probability = z.coerce.number(PROBABILITY).min(0, PROBABILITY).max(1, PROBABILITY);
const list = z
  .string()
  .describe('names, separated by commas')
  .transform((text) => {
    const names = text.split(',').filter((name) => name !== '');
    return names.length === 0 ? undefined : names;
  })
  .refine(
    (names) => names === undefined || (names.length <= 1000 && names.every((name) => name.length <= 128)),
    {
      error: 'expected at most 1,000 names of at most 128 characters, separated by commas',
    },
  );
const SINCE = 'expected earliest, latest or <epoch>:<offset>';
const sinceText = z
  .string()
  .regex(/^(?:earliest|latest|[^:]{1,64}:(?:-1|\d{1,15}))$/, SINCE)
  .transform(cursorOf);

/** The query of `GET /v1/events`. */
export const eventsQuery = z.strictObject({
  channel: subscribePayload.shape.channel,
  users: list.optional(),
  devices: list.optional(),
  mode: subscribePayload.shape.mode,
  since: sinceText.optional(),
  maxRateHz: z.coerce.number(RATE).positive(RATE).max(1000, RATE).optional(),
  snapshot: z
    .enum(['true', 'false'], 'expected true or false')
    .transform((text) => text === 'true')
    .optional(),
  minConfidence: probability.optional(),
  leaveConfidence: probability.optional(),
  dwellMs: z.coerce.number(DWELL).int(DWELL).min(0, DWELL).max(3_600_000, DWELL).optional(),
});
export type EventsQuery = z.infer<typeof eventsQuery>;

export function cursorOf(text: string): SubscribePayload['since'] {
  if (text === 'earliest' || text === 'latest') return text;
  const colon = text.lastIndexOf(':');
  return { epoch: text.slice(0, colon), offset: Number(text.slice(colon + 1)) };
}
