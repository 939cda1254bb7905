import { z } from 'zod';
import type { Progress } from './progress.js';
import { schemaOf } from './schema-agreement.js';

const rate = z.number().min(0);

/** {@link Progress} */
export const progressSchema = schemaOf<Progress>()(
  z.strictObject({
    kind: z.literal('progress'),
    at: z.iso.datetime().describe('wall clock'),
    apps: z.array(
      z.strictObject({
        app: z.enum(['ingest', 'learner', 'gateway']),
        recordsPerSecond: rate,
        lagRecords: z.number().nullable().describe('records that wait; null where it cannot be told'),
      }),
    ),
    topics: z.record(z.string(), z.strictObject({ records: z.int(), perSecond: rate })),
    live: z.strictObject({ messagesPerSecond: rate, subscriptions: z.int() }),
  }),
);
