import { z } from 'zod';

/** `DELETE /v1/users/:user` and `GET /v1/erasures/:id`: the erasure of a user; who it was is not part of it. */
export const erasureView = z.strictObject({
  id: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  progress: z.number().min(0).max(1).describe('share of the work done'),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  seconds: z.number().nullable().describe('from the request to the end'),
  erased: z
    .strictObject({
      sampleRecords: z.int().describe('records of `samples` that held rows of the user'),
      windows: z.int().describe('records of `windows`'),
      otherRecords: z.int().describe('labels, rules, observations, announcements and refused rows'),
    })
    .nullable(),
  proof: z
    .strictObject({
      epoch: z.string().describe('of the log that was written anew'),
      predictionsDigest: z.string().describe('SHA-256 of the predictions, as `hark verify` shows it'),
      modelDigest: z.string().nullable().describe('of the newest version'),
      bytesSearched: z.int().describe('of all files of the data folder'),
      occurrences: z
        .int()
        .nullable()
        .describe("of the user's name in them; null for a name of fewer than four characters"),
    })
    .nullable(),
  error: z.string().nullable(),
});
export type ErasureView = Readonly<z.infer<typeof erasureView>>;
