import { toNanoseconds, type ActivityVocabulary } from '@hark/contracts';
import { z } from 'zod';
import { instant } from '../http/instant.js';

/** An instant as nanoseconds in decimal digits. */
const nanoseconds = instant.transform((time) => toNanoseconds(time).toString());

const id = z.string().min(1).max(128);

/** The body of `POST /v1/labels`. */
export function labelBody(activities: ActivityVocabulary) {
  const { names } = activities;
  const activity =
    names === null
      ? z.string().regex(/^[a-z0-9_-]{1,32}$/, 'expected a name of [a-z0-9_-]{1,32}')
      : z.enum(names, `expected one of ${names.join(', ')}`);
  return z
    .strictObject({
      user: id,
      device: id.nullable().default(null),
      from: nanoseconds,
      to: nanoseconds,
      activity,
      source: z.string().min(1).max(128).default('user'),
    })
    .refine(({ from, to }) => BigInt(from) < BigInt(to), {
      error: 'expected a time after "from"',
      path: ['to'],
    });
}

export type LabelBody = z.infer<ReturnType<typeof labelBody>>;
