import { z } from 'zod';
import type { Problem } from './problem.js';
import { schemaOf } from './schema-agreement.js';

/** {@link Problem}; a problem may say more, under names of its own. */
export const problemSchema = schemaOf<Problem & Record<string, unknown>>()(
  z.looseObject({
    type: z.string().describe('about:blank: the code says what it is'),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string().describe('stable, for programs'),
    detail: z.string().describe('for people: what happened, what was done with the data, what to do'),
  }),
);
