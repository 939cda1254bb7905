import { HOLDER_HEADER } from '@hark/service';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Channel } from '../live/channel.js';
import { nobodyWrites } from './nobody-writes.js';
import { answerOf, askedOf } from './replay-messages.js';

export interface ReplayMessagesOptions {
  /** Which opening of the writer is this gateway's; null while it does not write. */
  readonly own: () => string | null;
  /** The channel of a replay that runs here. */
  readonly channel: (id: string) => Channel | undefined;
}

/** How long an answer waits for something to say. */
const WAIT_MS = 10_000;

/**
 * Express middleware: what other gateways ask of the replays that run here. They show that they belong to the service by
 * knowing who opened the writer, which stands in its journal alone; whom a replay is about they hold against the token
 * of whoever asks them.
 */
export function replayMessagesRoute({ own, channel }: ReplayMessagesOptions) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): Promise<void> => {
    const asked = request.method === 'GET' ? askedOf(request.url ?? '') : null;
    if (asked === null) return next();
    const owner = own();
    if (owner === null || request.headers[HOLDER_HEADER] !== owner) return next(nobodyWrites());
    const found = channel(asked.id);
    if (found === undefined) {
      response.statusCode = 404;
      return void response.end();
    }
    const ending = new AbortController();
    const limit = setTimeout(() => ending.abort(), WAIT_MS);
    response.once('close', () => ending.abort());
    try {
      const answer = await answerOf(found, asked.question, ending.signal);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    } catch (error) {
      next(error);
    } finally {
      clearTimeout(limit);
    }
  };
}
