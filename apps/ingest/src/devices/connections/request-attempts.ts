import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { attempt, type Attempt } from './connection.js';
import type { ConnectionLog } from './connection-log.js';

/** Where devices send to, or get what they need for it. */
const DEVICE_PATHS = /^\/v1\/(samples|sensor-logger|phyphox(\/with-token)?|clients\/phyphox(\/[^/?]*)?)\/?$/;

/** What a status says of a request that nobody has told more about. */
const CODES: Readonly<Record<number, string>> = {
  400: 'token_in_url',
  401: 'unauthorized',
  403: 'forbidden',
  405: 'method_not_allowed',
  429: 'overloaded',
};

const known = new WeakMap<object, Partial<Attempt>>();

/** Says what became of a request, in more words than its status. */
export function tell(request: object, attempt: Partial<Attempt>): void {
  known.set(request, attempt);
}

/**
 * Writes down every request to the addresses of devices once it is answered: also those turned away before any
 * controller has seen them, which are the ones that people ask about.
 */
export function recordRequests(server: Server, log: ConnectionLog): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const [path] = (request.url ?? '').split('?', 1);
    if (!DEVICE_PATHS.test(path)) return;
    const address = request.socket.remoteAddress ?? null;
    response.once('close', () => log.add(attemptOf(request, path, response.statusCode, address)));
  });
}

function attemptOf(request: IncomingMessage, path: string, status: number, address: string | null): Attempt {
  // A pairing code is a secret while it is good.
  const way = `${request.method ?? ''} ${path.replace(/^(\/v1\/clients\/phyphox)\/.*/, '$1/…')}`;
  const more = known.get(request) ?? {};
  if (more.verdict !== undefined) return attempt(way, more.verdict, { ...more, address });
  const code = more.code ?? (status < 400 ? null : (CODES[status] ?? null));
  return attempt(way, status < 400 ? 'accepted' : 'refused', { ...more, code, address });
}
