import { z } from 'zod';
import { queryNumber } from '../http/query-number.js';

/** The query of `GET /v1/sessions`. */
export const sessionsQuery = z.object({
  user: z.string().max(128).optional(),
  device: z.string().max(128).optional(),
  limit: queryNumber(z.int().min(1).max(1000)).default(100),
  cursor: queryNumber(z.int().min(0)).optional().describe('next of the page before'),
});
export type SessionsQuery = z.infer<typeof sessionsQuery>;

/** The query of `GET /v1/sessions/:id/samples`. */
export const samplesQuery = z.object({ format: z.enum(['csv', 'ndjson']).default('csv') });
export type SamplesQuery = z.infer<typeof samplesQuery>;
