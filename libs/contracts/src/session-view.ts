import { z } from 'zod';

/** A recorded session, as `GET /v1/sessions/:id` shows it. */
export const sessionView = z.strictObject({
  id: z.string().describe('16 hex digits; stays the same while the session grows'),
  user: z.string(),
  device: z.string(),
  model: z.string(),
  start: z.string().describe('event time of the first sample, ISO 8601'),
  end: z.string().describe('event time of the last sample, ISO 8601'),
  startNs: z.string().describe('the same, exact: nanoseconds, decimal'),
  endNs: z.string().describe('the same, exact: nanoseconds, decimal'),
  samples: z
    .strictObject({ accelerometer: z.int(), gyroscope: z.int() })
    .describe('how many, duplicates and late ones included'),
  labels: z.array(z.string()).readonly().describe('activities seen, in the order they came'),
  records: z.strictObject({ first: z.int(), last: z.int() }).describe('offsets in the topic samples'),
});
export type SessionView = Readonly<z.infer<typeof sessionView>>;

/** `GET /v1/sessions`, newest first. */
export const sessionList = z.strictObject({
  sessions: z.array(sessionView),
  next: z.string().optional().describe('the cursor of the next page; absent on the last'),
});
export type SessionList = z.infer<typeof sessionList>;
