/** The command line asks for something that can't be: exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** The work could not be done, for a reason that the message tells in full: exit code 1. */
export class WorkFailedError extends Error {
  readonly code: string = 'work_failed';
}

/** Ended by Ctrl-C or SIGTERM before the work was done: exit code 1. */
export class InterruptedError extends WorkFailedError {
  override readonly code = 'interrupted';
  constructor(hint = '') {
    super(`interrupted${hint === '' ? '' : `: ${hint}`}`);
  }
}
