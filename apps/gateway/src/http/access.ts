import { problem, type Problem, type SubscribePayload } from '@hark/contracts';
import type { IncomingMessage } from 'node:http';

/** Why somebody is turned away: 401 nobody known, 403 not allowed. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** Who may ask what. The one place that decides it, for requests, socket upgrades and subscriptions alike. */
export interface Access {
  /** Looks at an HTTP request or upgrade before anything else does; null = let in. */
  authorize(request: IncomingMessage): Refusal | null;
  /** Looks at the token of `connection_init`; null = let in. */
  authenticate(request: IncomingMessage, token: string | undefined): Refusal | null;
  /** Looks at a subscription; null = allowed. */
  subscribe(request: IncomingMessage, payload: SubscribePayload): Refusal | null;
}

/** A refusal as an answer. */
export function problemOf({ status, message }: Refusal): Problem {
  return status === 401
    ? problem(401, 'unauthorized', 'Unauthorized', message)
    : problem(403, 'forbidden', 'Forbidden', message);
}

export const ACCESS = Symbol('Access');

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * For a service on loopback, where every local process is trusted but a web page is not: the host asked for must be
 * a loopback name (a name that a stranger's DNS points here is not), and a page's origin must be the host itself.
 */
export class LoopbackAccess implements Access {
  authorize(request: IncomingMessage): Refusal | null {
    const { host, origin } = request.headers;
    if (host === undefined || !LOOPBACK.test(host)) {
      return { status: 403, message: 'this service answers to loopback names only, e.g. localhost' };
    }
    if (origin === undefined || origin === `http://${host}`) return null;
    return { status: 403, message: 'pages of other origins are not served' };
  }

  authenticate(): Refusal | null {
    return null;
  }

  subscribe(): Refusal | null {
    return null;
  }
}
