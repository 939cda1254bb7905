import { problem, type Problem } from '@hark/contracts';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** An answer to a request for a socket that gets none: there is no response object for it, only the connection. */
export function refuseUpgrade(connection: Duplex, refusal: Problem): void {
  const body = JSON.stringify(refusal);
  connection.on('error', () => connection.destroy());
  connection.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}\r\n` +
      'Connection: close\r\n' +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Asked for at a path where there is no socket, or in another protocol. */
export function noSocketHere(): Problem {
  return problem(404, 'not_found', 'Not Found', 'The only socket is the WebSocket at /v1/live.');
}

/** What ws calls a bad handshake. */
export function badHandshake(message: string): Problem {
  return problem(400, 'bad_request', 'Bad Request', `The WebSocket handshake is not right: ${message}.`);
}
