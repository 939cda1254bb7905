import { z } from 'zod';

export const versionParams = z.object({
  version: z
    .string()
    .regex(/^(?:v?\d{1,9}|current|previous|challenger)$/)
    .describe('37, v37, current, previous or challenger'),
});

export const sessionParams = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

export const replayParams = z.object({ id: z.string().regex(/^[0-9a-f]{1,32}$/) });

export const numberParams = z.object({ id: z.string().regex(/^\d{1,15}$/) });

export const keyHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/)
    .optional()
    .describe('a request repeated with the same key is done once'),
});
