import { clientMessage, serverMessageSchema } from '@hark/contracts';
import { SchemaBook, type JsonSchema } from '@hark/service/documents';
import { z } from 'zod';
import { eventsQuery } from '../live/events-query.js';
import { CLOSE_CODE_MEANINGS } from './close-codes.js';
import { LIVE_CHANNELS } from './live-channels.js';
import { NAMED_SCHEMAS } from './named-schemas.js';

export interface AsyncMessage {
  readonly name: string;
  readonly title: string;
  readonly summary?: string;
  readonly contentType: 'application/json';
  readonly payload: JsonSchema;
}

interface Reference {
  readonly $ref: string;
}

export interface AsyncChannel {
  readonly address: string;
  readonly summary: string;
  readonly description?: string;
  readonly servers: readonly Reference[];
  readonly messages: Readonly<Record<string, Reference>>;
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly 'x-close-codes'?: Readonly<Record<string, string>>;
}

export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: 'application/json';
  readonly servers: Readonly<Record<string, unknown>>;
  readonly channels: Readonly<Record<string, AsyncChannel>>;
  readonly operations: Readonly<Record<string, unknown>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncMessage>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

const DESCRIPTION = `A channel is an ordered sequence of messages, each with an offset. Subscribe to a channel by its address: on the WebSocket at /v1/live with a subscribe message, as often as 100 times on one socket; or as server-sent events with GET /v1/events?channel=…, one channel a request. A message's epoch and offset are the cursor to resume from: with it nothing is missed and nothing repeated.

On the WebSocket, connection_init comes first, within 10 s, with a token where the service has tokens. Server-sent events take it as Authorization: Bearer, and resume by Last-Event-ID.`;

/** Events of `/v1/events` besides the messages of the channel, by name. */
const EVENTS: Readonly<Record<string, { readonly summary: string; readonly data: z.ZodType }>> = {
  gap: {
    summary: 'messages that are kept no longer were skipped',
    data: z.strictObject({ dropped: z.int(), reason: z.literal('slow_consumer') }),
  },
  expired: {
    summary: 'the cursor of Last-Event-ID is kept no longer; what is kept follows',
    data: z.strictObject({ code: z.literal('cursor_expired'), message: z.string() }),
  },
  failed: {
    summary: 'the stream ends',
    data: z.strictObject({ code: z.string(), message: z.string() }),
  },
  complete: { summary: 'the channel has ended, and so does the stream', data: z.strictObject({}) },
};

/** The live channels as an AsyncAPI 3.0 document. The application described is the gateway: it sends, clients receive. */
export function asyncApiDocument(version: string, host: string): AsyncApiDocument {
  const book = new SchemaBook(NAMED_SCHEMAS);
  const messages: Record<string, AsyncMessage> = {};
  const add = (key: string, title: string, summary: string | undefined, payload: JsonSchema): string => {
    messages[key] = {
      name: key,
      title,
      ...(summary !== undefined && { summary }),
      contentType: 'application/json',
      payload,
    };
    return key;
  };
  const fromClient = clientMessage.options.map((option) => {
    const type = typeOf(option);
    return add(`client.${type}`, type, undefined, book.input(option));
  });
  const fromServer = serverMessageSchema.options.map((option) => {
    const type = typeOf(option);
    return add(`server.${type}`, type, option.description, book.output(option));
  });
  const fromEvents = Object.entries(EVENTS).map(([name, { summary, data }]) =>
    add(`event.${name}`, `event: ${name}`, summary, book.output(data)),
  );
  const channels: Record<string, AsyncChannel> = {
    live: {
      address: '/v1/live',
      summary: 'The WebSocket: JSON text, shaped like graphql-transport-ws',
      servers: [{ $ref: '#/servers/webSocket' }],
      messages: references([...fromClient, ...fromServer]),
      bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      'x-close-codes': CLOSE_CODE_MEANINGS,
    },
    events: {
      address: '/v1/events',
      summary: 'Server-sent events; those without a name are messages of the channel, their id is a cursor',
      servers: [{ $ref: '#/servers/http' }],
      messages: references(fromEvents),
    },
  };
  const operations: Record<string, unknown> = {
    receiveFromClient: operation('receive', 'live', fromClient),
    sendToClient: operation('send', 'live', fromServer),
    sendEvents: {
      ...operation('send', 'events', fromEvents),
      bindings: { http: { method: 'GET', query: book.input(eventsQuery), bindingVersion: '0.3.0' } },
    },
  };
  for (const [address, { summary, payload }] of Object.entries(LIVE_CHANNELS)) {
    const [name, parameter = null] = address.split(/:\{|\}/, 2);
    const message = add(`channel.${name}`, name, summary, book.output(payload));
    channels[name] = {
      address,
      summary,
      servers: [{ $ref: '#/servers/webSocket' }, { $ref: '#/servers/http' }],
      messages: references([message]),
      ...(parameter !== null && { parameters: { [parameter]: { description: `of the ${name}` } } }),
    };
    operations[`send.${name}`] = operation('send', name, [message]);
  }
  const secured = { host, security: [{ $ref: '#/components/securitySchemes/token' }] };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Hark: live', version, description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      webSocket: {
        ...secured,
        protocol: 'ws',
        description: 'in connection_init, the token is in the payload',
      },
      http: { ...secured, protocol: 'http' },
    },
    channels,
    operations,
    components: {
      messages,
      schemas: book.components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token with the role subscribe, where the service has tokens.',
        },
      },
    },
  };
}

function typeOf(option: z.ZodObject<{ type: z.ZodLiteral<string> }>): string {
  return option.shape.type.value;
}

function references(keys: readonly string[]): Record<string, Reference> {
  return Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]));
}

function operation(action: 'send' | 'receive', channel: string, keys: readonly string[]): object {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: keys.map((key) => ({ $ref: `#/channels/${channel}/messages/${key}` })),
  };
}
