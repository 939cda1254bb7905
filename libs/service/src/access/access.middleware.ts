import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessControl } from './access-control.js';
import { Principal } from './principal.js';
import { Refusal } from './refusal.js';

/** A request that has not passed {@link accessMiddleware} is asked about: the app is put together wrongly. */
export class NotAdmittedError extends Error {
  readonly code = 'not_admitted';
}

const principals = new WeakMap<object, Principal>();

/** Who asks, of a request that was let in. @throws NotAdmittedError */
export function principalOf(request: object): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new NotAdmittedError('the request has not been let in');
  return principal;
}

const CORS_METHODS = 'GET, POST, PATCH, DELETE';
const CORS_HEADERS =
  'authorization, content-type, content-encoding, idempotency-key, last-event-id, hark-producer, hark-sequence, hark-end';

/** Lets a request in, or answers it with the refusal, unread. To be used before everything else. */
export function accessMiddleware(
  access: AccessControl,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  return (request, response, next) => {
    const { origin } = request.headers;
    if (access.origins.isAllowed(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', 'retry-after, etag');
      response.setHeader('vary', 'origin');
    }
    if (isPreflight(request)) return answerPreflight(access, request, response);
    const admitted = access.admit(request);
    if (admitted instanceof Refusal) return refuse(response, admitted);
    if (admitted !== Principal.nobody) {
      // A long answer, such as server-sent events, ends when its token is revoked.
      const leaveAddress = access.enterFrom(request);
      if (leaveAddress instanceof Refusal) return refuse(response, leaveAddress);
      const leave = access.enter(admitted, () => response.destroy());
      if (leave instanceof Refusal) {
        leaveAddress();
        return refuse(response, leave);
      }
      response.once('close', () => {
        leave();
        leaveAddress();
      });
    }
    principals.set(request, admitted);
    next();
  };
}

/** A browser asks, without a token, whether a page of another origin may send what it is about to send. */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

function answerPreflight(access: AccessControl, request: IncomingMessage, response: ServerResponse): void {
  const refusal = access.origins.refusal(request.headers);
  if (refusal !== null) return refuse(response, refusal);
  response.statusCode = 204;
  response.setHeader('access-control-allow-methods', CORS_METHODS);
  response.setHeader('access-control-allow-headers', CORS_HEADERS);
  response.setHeader('access-control-max-age', '600');
  response.end();
}

function refuse(response: ServerResponse, { problem, headers }: Refusal): void {
  response.statusCode = problem.status;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(JSON.stringify(problem));
}
