import { problem, type Problem, type SubscribePayload } from '@hark/contracts';
import { loopbackRefusal } from '@hark/service';
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

/** For a service on loopback: lets in whom `loopbackRefusal` does not refuse. */
export class LoopbackAccess implements Access {
  authorize(request: IncomingMessage): Refusal | null {
    const message = loopbackRefusal(request);
    return message === null ? null : { status: 403, message };
  }

  authenticate(): Refusal | null {
    return null;
  }

  subscribe(): Refusal | null {
    return null;
  }
}
