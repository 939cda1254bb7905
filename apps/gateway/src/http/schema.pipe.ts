import type { PipeTransform } from '@nestjs/common';
import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { z } from 'zod';
import { readableFaults, readableIssue } from './readable-issue.js';

/** Checks a body, query or parameter against a schema; what does not fit is a 400 that names the field. */
export class SchemaPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.infer<Schema>> {
  private readonly fields: readonly string[];

  constructor(private readonly schema: Schema) {
    this.fields = 'shape' in schema ? Object.keys(schema.shape as object) : [];
  }

  transform(value: unknown): z.infer<Schema> {
    const result = this.schema.safeParse(value ?? {}, {
      error: (issue) => readableIssue(issue, this.fields),
    });
    if (result.success) return result.data;
    throw new ProblemError(problem(400, 'invalid_request', 'Invalid request', readableFaults(result.error)));
  }
}
