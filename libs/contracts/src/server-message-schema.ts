import { z } from 'zod';
import type { ServerMessage } from './live-protocol.js';
import { schemaOf } from './schema-agreement.js';

const id = z.string().describe('of the subscription');
const epoch = z.string();
const offset = z.int().min(-1);

/** {@link ServerMessage}; the payload of `next` is a message of the channel. */
export const serverMessageSchema = schemaOf<ServerMessage>()(
  z.discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('connection_ack'),
        payload: z.strictObject({ epoch: epoch.describe('of the log'), serverTime: z.iso.datetime() }),
      })
      .describe('the socket is ready'),
    z
      .strictObject({ type: z.literal('subscribed'), id, epoch, offset })
      .describe('the first message of a subscription: the cursor that it starts from'),
    z
      .strictObject({ type: z.literal('next'), id, epoch, offset, payload: z.unknown() })
      .describe('a message of the channel'),
    z
      .strictObject({ type: z.literal('complete'), id })
      .describe('the channel has ended and all of it was sent; the id is free again'),
    z
      .strictObject({ type: z.literal('gap'), id, dropped: z.int(), reason: z.literal('slow_consumer') })
      .describe('so many messages were skipped, or, before 4108, will not come on this socket'),
    z
      .strictObject({
        type: z.literal('error'),
        id,
        payload: z.strictObject({ code: z.string(), message: z.string() }),
      })
      .describe('the subscription was refused or has ended; the socket goes on'),
    z.strictObject({ type: z.literal('ping') }).describe('a sign of life, every 15 s'),
    z.strictObject({ type: z.literal('pong') }).describe('the answer to a ping'),
  ]),
);
