import type { Problem } from '@hark/contracts';

/** Whatever the client throws on its own account; `code` is stable and for programs. */
export abstract class HarkError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The socket was closed with 4401 (no token, or one that is not known any more) or 4403 (not allowed). */
export class HarkAuthError extends HarkError {
  readonly code: 'unauthorized' | 'forbidden';
  constructor(
    readonly closeCode: 4401 | 4403,
    reason: string,
  ) {
    super(reason || (closeCode === 4401 ? 'a token is needed' : 'not allowed'));
    this.code = closeCode === 4401 ? 'unauthorized' : 'forbidden';
  }
}

/** The service did not understand the client (4400, 4409): they are of versions that do not fit. */
export class HarkProtocolError extends HarkError {
  readonly code = 'protocol';
  constructor(
    readonly closeCode: number,
    reason: string,
  ) {
    super(`the service closed the socket with ${closeCode}: ${reason || 'no reason given'}`);
  }
}

/** A subscription was refused or ended by the service, `code` saying why: `unknown_channel` and the like. */
export class HarkStreamError extends HarkError {
  constructor(
    readonly code: string,
    readonly channel: string,
    message: string,
  ) {
    super(`${channel}: ${message}`);
  }
}

/** What follows the cursor is not kept any more, or the log is another one: messages are missing. */
export class HarkCursorExpiredError extends HarkError {
  readonly code = 'cursor_expired';
  constructor(
    readonly channel: string,
    message: string,
  ) {
    super(`${channel}: ${message}`);
  }
}

/** A REST call was answered with an error: RFC 9457 problem details. */
export class HarkProblemError extends HarkError {
  readonly status: number;
  readonly code: string;
  constructor(
    readonly problem: Problem,
    /** The call, as `GET /v1/models/99`. */
    readonly call: string,
  ) {
    super(`${call}: ${problem.status} ${problem.detail}`);
    this.status = problem.status;
    this.code = problem.code;
  }
}

/** Nobody answered a REST call; `cause` is what `fetch` threw. */
export class HarkUnreachableError extends HarkError {
  readonly code = 'unreachable';
  constructor(
    readonly call: string,
    cause: unknown,
  ) {
    super(`${call}: ${messageOf(cause)}`, { cause });
  }
}

/** `fetch` of Node hides the reason in the cause. */
function messageOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? 'no answer';
}
