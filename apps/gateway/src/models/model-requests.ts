import { z } from 'zod';

/** The body of `POST /v1/models/:version/rollback`. */
export const rollbackBody = z.strictObject({
  learning: z
    .enum(['continue', 'frozen'])
    .default('continue')
    .describe('continue: the version goes on learning; frozen: it answers as it is'),
  dryRun: z.boolean().default(false).describe('only tell what would change'),
  reason: z.string().max(500).nullable().default(null).describe('stands in the event'),
});
export type RollbackBody = z.infer<typeof rollbackBody>;

/** The body of `PATCH /v1/models/learning`. */
export const learningBody = z.strictObject({ enabled: z.boolean() });
export type LearningBody = z.infer<typeof learningBody>;

const TIME = 'expected an ISO 8601 time with a zone, such as 2026-01-01T00:00:00Z';

/** The query of `GET /v1/models/at`. */
export const atQuery = z.object({
  time: z.iso.datetime({ offset: true, error: TIME }).describe('event time at which a window ended'),
});
export type AtQuery = z.infer<typeof atQuery>;
