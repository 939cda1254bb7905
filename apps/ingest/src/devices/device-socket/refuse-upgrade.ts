import type { Problem } from '@hark/contracts';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** An answer to a request for a socket that gets none: there is no response object for it, only the connection. */
export function refuseUpgrade(
  connection: Duplex,
  refusal: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.on('error', () => connection.destroy());
  connection.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}\r\n` +
      `Connection: close\r\n${lines.join('')}` +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
