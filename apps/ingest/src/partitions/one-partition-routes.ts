import { problem } from '@hark/contracts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Ways in that keep what they know in one process. */
const PATHS = /^\/v1\/(sensor-logger|phyphox|clients|connections)(\/|\?|$)/i;

const NOT_HERE = problem(
  501,
  'one_partition_only',
  'Not with several partitions',
  'Phone apps and sockets are served where HARK_KAFKA_PARTITIONS is 1. Nothing was taken: send rows to POST /v1/samples.',
);
const BODY = JSON.stringify(NOT_HERE);
const TYPE = 'application/problem+json; charset=utf-8';

/** Says so where a service of several partitions is asked for what only one of a single partition has. */
export function refuseOnePartitionRoutes(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  if (!PATHS.test(request.url ?? '')) return next();
  response.statusCode = NOT_HERE.status;
  response.setHeader('content-type', TYPE);
  response.end(BODY);
}

/** The same of sockets. */
export function refuseSockets(server: Server): void {
  server.on('upgrade', (_request: IncomingMessage, connection: Duplex) => {
    connection.on('error', () => undefined);
    connection.end(
      `HTTP/1.1 501 Not Implemented\r\ncontent-type: ${TYPE}\r\ncontent-length: ${Buffer.byteLength(BODY)}\r\n` +
        `connection: close\r\n\r\n${BODY}`,
    );
  });
}
