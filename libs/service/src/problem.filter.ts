import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { problem, type Problem } from '@hark/contracts';
import { FencedError } from '@hark/streaming';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { STATUS_CODES } from 'node:http';

/** An answer that is a problem; thrown by controllers and services of an app. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail);
  }
}

/** Turns what was thrown into RFC 9457 problem+json; what nobody foresaw is logged and answered without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const answer = this.problemOf(error);
    if (error instanceof ProblemError) response.set(error.headers);
    response.status(answer.status).type('application/problem+json').send(JSON.stringify(answer));
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof ProblemError) return error.problem;
    if (error instanceof FencedError) return problem(503, error.code, 'Taken over', `${error.message}.`);
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    if (status !== null && status < 500) {
      const title = STATUS_CODES[status] ?? 'Refused';
      return problem(
        status,
        title.toLowerCase().replaceAll(/[^a-z]+/g, '_'),
        title,
        (error as Error).message,
      );
    }
    this.logger.error({ err: error }, 'a request failed in a way that was not foreseen');
    return problem(
      500,
      'internal_error',
      'Internal error',
      'The request failed; the log of the app says why.',
    );
  }
}

/** The status that Express's body parsers put on their errors, or null. */
function statusOf(error: unknown): number | null {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : null;
}
