import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';

const TITLE = 'No gateway writes';
const RETRY = { 'retry-after': '2' };

/** The gateway that wrote has gone, and another is about to take over. */
export function nobodyWrites(): ProblemError {
  const detail = 'The gateway that writes has gone; nothing has changed. Another takes over within seconds.';
  return new ProblemError(problem(503, 'writer_away', TITLE, detail), RETRY);
}

/** It went while it had the request. */
export function writerCutOff(): ProblemError {
  const detail =
    'The gateway that writes was cut off: the request may stand or not. Sent again with its Idempotency-Key it stands once.';
  return new ProblemError(problem(503, 'writer_cut_off', TITLE, detail), RETRY);
}
