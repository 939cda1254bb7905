import { problem, reportSpecSchema, type ReportSpec } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import { z } from 'zod';
import { queryNumber } from '../http/query-number.js';
import { readableFaults, readableIssue } from '../http/readable-issue.js';

/** The body of `POST /v1/reports`: a spec, and how it is to begin. */
export const reportBody = reportSpecSchema.extend({
  replace: z
    .boolean()
    .default(false)
    .describe('a report of this name gives way to this one, which goes on from its state'),
  startingOffsets: z
    .enum(['earliest', 'latest'])
    .default('earliest')
    .describe('where to begin; one that replaces another goes on where that one stood'),
});

export interface ReportBody {
  readonly spec: ReportSpec;
  readonly replace: boolean;
  readonly startingOffsets: 'earliest' | 'latest';
}

/** @throws ProblemError 400 that names the field and the rule. */
export function readReportBody(body: unknown): ReportBody {
  const result = reportBody.safeParse(body ?? {}, { error: readableIssue });
  if (!result.success) {
    const [{ path, code }] = result.error.issues;
    throw new ProblemError({
      ...problem(400, 'invalid_request', 'Invalid request', readableFaults(result.error)),
      ...{ field: path.map(String).join('.'), rule: code },
    });
  }
  const { replace, startingOffsets, ...spec } = result.data;
  return { spec: spec as ReportSpec, replace, startingOffsets };
}

/** `GET /v1/reports/:name` */
export const rowsQuery = z.object({
  limit: queryNumber(z.int().min(1).max(10_000)).default(1000),
  cursor: queryNumber(z.int().min(0)).default(0).describe('next of the page before'),
});
export type RowsQuery = z.infer<typeof rowsQuery>;
