import { problemSchema, rowErrorSchema } from '@hark/contracts';
import { SchemaBook, type JsonSchema } from '@hark/service/documents';
import { z } from 'zod';
import { phyphoxMessage, sensorLoggerMessage } from './phone-schemas.js';
import { columnarSamples, jsonSamples } from './samples-schemas.js';

interface Channel {
  readonly address: string;
  readonly summary: string;
  readonly server: 'webSocket' | 'mqtt';
  /** What devices send. */
  readonly received: Readonly<Record<string, z.ZodType>>;
  /** What they are answered. */
  readonly sent?: Readonly<Record<string, z.ZodType>>;
  readonly hasUser?: boolean;
}

const seq = z.int().describe('as the message has it, else its place on this socket, from 1 on');

const acknowledged = z.strictObject({
  ack: seq,
  rejected: z.int().optional().describe('rows refused of a batch of which others were stored'),
  errors: z.array(rowErrorSchema).optional().describe('the first 20'),
});

const refused = z.strictObject({
  nack: seq,
  problem: problemSchema.describe('nothing of the batch was stored; 429 and 503: send it again later'),
});

const DESCRIPTION = `Where devices send to without HTTP requests of their own.

On the WebSocket at /v1/samples each message is one columnar batch, and each is answered when it is durable. Send on without waiting, and keep what is not acknowledged: after a break send it again, rows that were stored are duplicates then. Reading stops while a megabyte of a socket waits, so a device that is faster than the disk is slowed down. A message is 1 MiB at most; a larger one closes the socket with 1009, the end of a token with 4401, a stop with 1001. The token goes into the upgrade: Authorization: Bearer.

By MQTT come the same payloads as over HTTP, from the broker of HARK_MQTT_URL or to the embedded one of HARK_MQTT_BROKER_PORT, whose password is a token. A message of QoS 1 is acknowledged when it is durable.`;

/** The ways in of devices besides HTTP, as an AsyncAPI 3.0 document. The application described is ingest. */
export function deviceAsyncApi(activities: readonly string[] | null) {
  const book = new SchemaBook({ Problem: problemSchema, RowError: rowErrorSchema });
  const channels: Readonly<Record<string, Channel>> = {
    samples: {
      address: '/v1/samples',
      summary: 'The WebSocket for devices: a columnar batch a message',
      server: 'webSocket',
      received: { batch: columnarSamples(activities).extend({ seq: seq.optional() }) },
      sent: { acknowledged, refused },
    },
    'mqtt.samples': {
      address: 'hark/samples',
      summary: 'Rows or columns, as POST /v1/samples takes them',
      server: 'mqtt',
      received: { samples: jsonSamples(activities) },
    },
    'mqtt.sensor-logger': {
      address: 'sensor-logger/{user}',
      summary: "Sensor Logger's messages; also sensor-logger alone, and either after hark/",
      server: 'mqtt',
      received: { sensorLogger: sensorLoggerMessage },
      hasUser: true,
    },
    'mqtt.phyphox': {
      address: 'hark/phyphox/{user}',
      summary: "phyphox's messages; also without a user",
      server: 'mqtt',
      received: { phyphox: phyphoxMessage },
      hasUser: true,
    },
  };

  const messages: Record<string, { name: string; contentType: string; payload: JsonSchema }> = {};
  const documented: Record<string, object> = {};
  const operations: Record<string, object> = {};
  for (const [key, { address, summary, server, received, sent = {}, hasUser }] of Object.entries(channels)) {
    const add = (name: string, payload: JsonSchema): string => {
      messages[name] = { name, contentType: 'application/json', payload };
      return name;
    };
    const incoming = Object.entries(received).map(([name, schema]) => add(name, book.input(schema)));
    const outgoing = Object.entries(sent).map(([name, schema]) => add(name, book.output(schema)));
    documented[key] = {
      address,
      summary,
      servers: [{ $ref: `#/servers/${server}` }],
      messages: Object.fromEntries(
        [...incoming, ...outgoing].map((name) => [name, { $ref: `#/components/messages/${name}` }]),
      ),
      ...(hasUser === true && { parameters: { user: { description: 'whose device it is' } } }),
      ...(server === 'webSocket' && { bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } } }),
    };
    operations[`receive.${key}`] = operation('receive', key, incoming);
    if (outgoing.length > 0) operations[`send.${key}`] = operation('send', key, outgoing);
  }

  const secured = { security: [{ $ref: '#/components/securitySchemes/token' }] };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Hark: devices in', version: '0.1.0', description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      webSocket: { host: '127.0.0.1:3001', protocol: 'ws', ...secured },
      mqtt: { host: '127.0.0.1:1883', protocol: 'mqtt', ...secured },
    },
    channels: documented,
    operations,
    components: {
      messages,
      schemas: book.components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token with the role ingest, where the service has tokens; by MQTT it is the password.',
        },
      },
    },
  } as const;
}

export type DeviceAsyncApi = ReturnType<typeof deviceAsyncApi>;

function operation(action: 'send' | 'receive', channel: string, names: readonly string[]): object {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
