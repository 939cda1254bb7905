import { problem } from '@hark/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Middleware for an app on loopback, where every local process is trusted but a web page is not: the host asked for
 * must be a loopback name (a name that a stranger's DNS points here is not), and a page's origin must be the host
 * itself. Anything else is 403, unread.
 */
export function loopbackOnly(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const { host, origin } = request.headers;
  if (host === undefined || !LOOPBACK.test(host)) {
    refuse(response, 'this service answers to loopback names only, e.g. localhost');
  } else if (origin !== undefined && origin !== `http://${host}`) {
    refuse(response, 'pages of other origins are not served');
  } else {
    next();
  }
}

function refuse(response: ServerResponse, detail: string): void {
  response.statusCode = 403;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(problem(403, 'forbidden', 'Forbidden', detail)));
}
