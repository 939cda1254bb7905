import { z } from 'zod';
import type { ActivityRule } from './alert-rule.js';
import { schemaOf } from './schema-agreement.js';

const rule = z.strictObject({
  name: z.string().nullable(),
  activity: z.string().describe('a known activity, or unknown'),
  forSeconds: z.number().describe('how long it must last, in event time'),
  users: z.array(z.string()).nullable().describe("whose devices; null = anybody's"),
  devices: z.array(z.string()).nullable().describe('names of devices; null = any'),
  minConfidence: z.number().describe('a prediction of less confidence is an interruption'),
  toleranceSeconds: z.number().describe('interruptions up to this long do not count'),
  webhook: z.string().nullable().describe('where its alerts are sent besides'),
});

/** {@link ActivityRule} */
export const activityRuleSchema = schemaOf<ActivityRule>()(rule);

/** A rule with its number, as `GET /v1/alerts/rules` shows it. */
export const ruleViewSchema = schemaOf<ActivityRule & { readonly id: string }>()(
  rule.extend({ id: z.string() }),
);
