import { problem } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AmbiguousJsonError, parsePlainJson } from './plain-json.js';

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

/** A body that two readers may take for different things. With the `status` that Express's parser hands on. */
export class AmbiguousBodyError extends Error {
  readonly status = 400;
}

/**
 * For Express's parser, to be called before it: what is JSON and can be read in two ways is refused here.
 *
 * @throws AmbiguousBodyError
 */
export function requirePlainJson(body: Buffer, encoding: string): void {
  const reason = encoding === 'utf-8' && isUtf8(body) ? ambiguity(body.toString('utf8')) : 'it is not UTF-8';
  if (reason !== null)
    throw new AmbiguousBodyError(`The body can not be taken: ${reason}; nothing has changed.`);
}

function ambiguity(text: string): string | null {
  try {
    parsePlainJson(text);
  } catch (error) {
    if (error instanceof AmbiguousJsonError) return error.message;
    // The parser says where it is no JSON.
  }
  return null;
}
