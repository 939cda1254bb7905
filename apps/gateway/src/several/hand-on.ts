import { HOLDER_HEADER } from '@hark/service';
import { LogAwayError } from '@hark/streaming';
import type { WriterHolder } from '@hark/streaming/adapters';
import {
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { logRefusal } from '../http/log-refusal.js';
import { nobodyWrites, writerCutOff } from './nobody-writes.js';
import { isForWriter } from './writing-requests.js';

export interface HandOnOptions {
  /** Which opening of the writer is this gateway's; null while it does not write. */
  readonly own: () => string | null;
  /** Who opened the writer last; null when nobody has. */
  readonly holder: () => Promise<Pick<WriterHolder, 'owner' | 'address'> | null>;
  /** Why the log can't be read for now; null = it can. */
  readonly away: () => string | null;
  /** Resolves when what the gateway that writes has done shows here, so that whoever asks next finds it. */
  readonly heard: () => Promise<void>;
}

/** How long nothing may come from the gateway that was asked: it waits 10 s for the learner. */
const SILENCE_MS = 30_000;

/** Of one connection, or checked here already: a page's origin is another than that of the gateway asked. */
const NOT_HANDED_ON: readonly string[] = [
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'],
  ...['host', 'origin', 'referer', HOLDER_HEADER],
];
/** Of one connection, or said here already. */
const NOT_HANDED_BACK = /^(connection|keep-alive|transfer-encoding|date|vary|access-control-.*)$/;

/**
 * Express middleware: hands requests for the gateway that writes on to it, with the token of whoever asks, and hands its
 * answers back. What was handed on goes no further.
 */
export function handOn({ own, holder, away, heard }: HandOnOptions) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): Promise<void> => {
    if (!isForWriter(request.method ?? '', request.url ?? '')) return next();
    const asked = request.headers[HOLDER_HEADER];
    const owner = own();
    if (owner !== null && (asked === undefined || asked === owner)) return next();
    const reason = away();
    if (reason !== null) return next(logRefusal(new LogAwayError(reason)));
    const found = asked === undefined ? await holder() : null;
    if (found === null || found.address === null) return next(nobodyWrites());
    pass(request, response, found.address, found.owner, heard, next);
  };
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
  owner: string,
  heard: () => Promise<void>,
  next: (error?: unknown) => void,
): void {
  const headers = { ...handedOn(request.headers), [HOLDER_HEADER]: owner };
  const { method } = request;
  let connected = false;
  const asking = ask(`http://${address}`, { method, path: request.url, headers, timeout: SILENCE_MS });
  asking.on('socket', (socket) => {
    if (!socket.connecting) connected = true;
    else socket.once('connect', () => (connected = true));
  });
  asking.on('timeout', () => asking.destroy());
  asking.on('error', () => {
    if (response.headersSent) response.destroy();
    else if (!response.destroyed) next(connected ? writerCutOff() : nobodyWrites());
  });
  asking.on('response', (answer) => {
    response.statusCode = answer.statusCode ?? 502;
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && !NOT_HANDED_BACK.test(name)) response.setHeader(name, value);
    answer.on('error', () => response.destroy());
    const isChange = method !== 'GET' && method !== 'HEAD' && response.statusCode < 300;
    const shown = isChange ? heard().catch(() => undefined) : Promise.resolve();
    void shown.then(() => answer.pipe(response));
  });
  response.once('close', () => asking.destroy());
  request.pipe(asking);
}

function handedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const handed = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !NOT_HANDED_ON.includes(name)),
  );
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  // Said by name: a body of unknown length would have to be of a type.
  return hasBody ? handed : { ...handed, 'content-length': '0' };
}
