import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whether a request has a body that is not JSON: ignoring one would do what nobody asked for. */
export function hasForeignBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0)) {
    return false;
  }
  const [type] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase() !== 'application/json';
}

/** Express middleware: 415 for a body of another type, before it is read. */
export function requireJsonBody(
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  if (!hasForeignBody(request)) return next();
  next(
    new ProblemError(
      problem(
        415,
        'unsupported_media_type',
        'Unsupported Media Type',
        'Bodies are taken as Content-Type: application/json only; nothing has changed.',
      ),
    ),
  );
}
