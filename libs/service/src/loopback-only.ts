import { problem } from '@hark/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * For a service on loopback, where every local process is trusted but a web page is not: the host asked for must be
 * a loopback name (a name that a stranger's DNS points here is not), and a page's origin must be the host itself.
 *
 * @returns why the request or upgrade is refused, or null.
 */
export function loopbackRefusal({ headers: { host, origin } }: IncomingMessage): string | null {
  if (host === undefined || !LOOPBACK.test(host)) {
    return 'this service answers to loopback names only, e.g. localhost';
  }
  return origin === undefined || origin === `http://${host}` ? null : 'pages of other origins are not served';
}

/** Middleware that answers 403 to what {@link loopbackRefusal} refuses, unread. */
export function loopbackOnly(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const refusal = loopbackRefusal(request);
  if (refusal === null) return next();
  response.statusCode = 403;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(problem(403, 'forbidden', 'Forbidden', refusal)));
}
