import { problemSchema } from '@hark/contracts';
import { needOf } from '../access/routes.js';
import { bothProblems, type Answer, type Operation, type ProblemCodes } from './operation.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** The problems that access control answers with, before an operation is asked. */
function accessProblems({ method, path }: Operation): ProblemCodes {
  const everybody = { 400: ['token_in_url'], 403: ['forbidden'] };
  if (needOf(method, path) === 'nothing') return everybody;
  return bothProblems(everybody, { 401: ['unauthorized'], 429: ['too_many_connections'] });
}

/** Every problem of an operation: its own, and those of any. */
export function problemsOf(operation: Operation): ProblemCodes {
  const undecodable: ProblemCodes = operation.params === undefined ? {} : { 400: ['bad_request'] };
  return bothProblems(accessProblems(operation), undecodable, operation.problems ?? {});
}

/** Every answer of an operation, problems among them, by status. */
export function answersOf(operation: Operation): ReadonlyMap<number, Answer> {
  const answers = new Map<number, Answer>();
  for (const [status, answer] of Object.entries(operation.answers)) answers.set(Number(status), answer);
  for (const [text, codes] of Object.entries(problemsOf(operation))) {
    const status = Number(text);
    const before = answers.get(status);
    answers.set(status, {
      ...before,
      description: [before?.description, `problem ${codes.join(', ')}`].filter(Boolean).join('; or '),
      content: { ...before?.content, [PROBLEM_TYPE]: problemSchema },
    });
  }
  return new Map([...answers].sort(([a], [b]) => a - b));
}
