import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import { LogAwayError, LogFullError } from '@hark/streaming';

const RETRY_AFTER_SECONDS = '10';

/**
 * What to throw where a request was to be stored.
 * @returns the 503 that a refusal of the log is: the disk is full, or Kafka is away; any other error as it is.
 */
export function logRefusal(error: unknown): unknown {
  if (!(error instanceof LogFullError)) return error;
  const [title, when] =
    error instanceof LogAwayError
      ? ['Kafka is away', 'Send it again when Kafka answers.']
      : ['Disk full', 'Send it again when there is room.'];
  const detail = `The request could not be stored; nothing has changed. ${when}`;
  return new ProblemError(problem(503, error.code, title, detail), { 'retry-after': RETRY_AFTER_SECONDS });
}
