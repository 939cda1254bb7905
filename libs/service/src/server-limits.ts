import type { Server } from 'node:http';
import type { AccessSettings } from './access/access-settings.js';

/** TCP connections taken beyond the sockets that may be open: health and metrics answer while all of those are. */
const SPARE_CONNECTIONS = 1000;

const HEADERS_TIMEOUT_MS = 10_000;
/** How often slow senders are looked for. */
const CHECK_EVERY_MS = 1000;
const MAX_HEADERS = 100;
/** Node's own, said here because clients meet it: 431 beyond it. */
const MAX_HEADER_BYTES = 16_384;

/**
 * What one client may take of an HTTP server: connections, the size and number of headers, the time to send them and
 * the whole request. To be set before it listens.
 */
export function limitServer(
  server: Server,
  settings: Pick<AccessSettings, 'HARK_MAX_CONNECTIONS' | 'HARK_REQUEST_TIMEOUT_MS'>,
): void {
  server.maxConnections = settings.HARK_MAX_CONNECTIONS + SPARE_CONNECTIONS;
  server.maxHeadersCount = MAX_HEADERS;
  server.headersTimeout = Math.min(HEADERS_TIMEOUT_MS, settings.HARK_REQUEST_TIMEOUT_MS);
  server.requestTimeout = settings.HARK_REQUEST_TIMEOUT_MS;
  // Fields of Node's server that its types leave out; read when it begins to listen.
  Object.assign(server, { connectionsCheckingInterval: CHECK_EVERY_MS, maxHeaderSize: MAX_HEADER_BYTES });
}
