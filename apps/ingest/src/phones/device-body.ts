import type { Request } from 'express';
import { problemFor } from '../front-door/intake-problems.js';
import { readBody } from '../front-door/request-body.js';
import type { SampleIntake } from '../front-door/sample-intake.js';
import { tell } from '../devices/connections/request-attempts.js';

/** Largest body of a phone, after inflating. */
export const MAX_PHONE_BYTES = 8 << 20;

/**
 * Reads a device's body and hands it on, within the budget of all requests under way.
 *
 * @throws ProblemError for every error that was foreseen.
 */
export async function withBody<T>(
  request: Request,
  intake: SampleIntake,
  take: (bytes: Uint8Array) => Promise<T>,
  limit = MAX_PHONE_BYTES,
): Promise<T> {
  const share = intake.budget.open();
  try {
    return await take(await readBody(request, limit, share));
  } catch (error) {
    const found = problemFor(error);
    if (found !== null) tell(request, { verdict: 'refused', code: found.problem.code });
    throw found ?? error;
  } finally {
    share.release();
  }
}

/** A query parameter given once and not empty. */
export function queryText(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
