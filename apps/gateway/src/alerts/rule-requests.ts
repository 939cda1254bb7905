import type { ActivityVocabulary } from '@hark/contracts';
import { z } from 'zod';

const WEEK_SECONDS = 604_800;

const names = z.array(z.string().min(1).max(128)).min(1).max(1000).nullable().default(null);

/** The body of `POST /v1/alerts/rules`. */
export function ruleBody(activities: ActivityVocabulary) {
  const known = activities.names;
  const expected =
    known === null
      ? 'expected a name of [a-z0-9_-]{1,32}'
      : `expected one of ${[...known, 'unknown'].join(', ')}`;
  return z.strictObject({
    name: z.string().min(1).max(128).nullable().default(null),
    activity: z.string().refine((name) => name === 'unknown' || activities.has(name), expected),
    forSeconds: z.number().min(1).max(WEEK_SECONDS),
    users: names,
    devices: names,
    minConfidence: z.number().min(0).max(1).default(0),
    toleranceSeconds: z.number().min(0).max(3600).default(5),
    webhook: z.string().max(2048).nullable().default(null),
  });
}

export type RuleBody = z.infer<ReturnType<typeof ruleBody>>;
