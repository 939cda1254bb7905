import type { z } from 'zod';
import type { RouteRule } from '../access/routes.js';

/** Schemas by media type. */
export type Content = Readonly<Record<string, z.ZodType>>;

export interface Answer {
  readonly description: string;
  /** Absent = without a body. */
  readonly content?: Content;
  /** What headers of the answer say, by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Codes of the problems that an operation may answer with, by status. */
export type ProblemCodes = Readonly<Record<number, readonly string[]>>;

/** A request that makes sense, as it stands in the documents. */
export interface Example {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text for other types. */
  readonly body?: unknown;
}

/** A route with everything that a client needs to know of it, by the schemas that requests are checked with. */
export interface Operation {
  readonly method: Exclude<RouteRule['method'], 'UPGRADE'>;
  /** As in the table of what routes need: `:name` stands for a parameter. */
  readonly path: string;
  /** Names the operation in generated clients. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: { readonly content: Content; readonly required: boolean };
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems?: ProblemCodes;
  readonly example?: Example;
}

/** A JSON body in the documents. */
export const json = (schema: z.ZodType): Content => ({ 'application/json': schema });

/** Problems of both: each status with the codes of either. */
export function bothProblems(...tables: readonly ProblemCodes[]): ProblemCodes {
  const merged: Record<number, readonly string[]> = {};
  for (const table of tables) {
    for (const [status, codes] of Object.entries(table)) {
      merged[Number(status)] = [...new Set([...(merged[Number(status)] ?? []), ...codes])];
    }
  }
  return merged;
}
