import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { AccessControl, Refusal } from '@hark/service';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { badHandshake, noSocketHere, refuseUpgrade } from './upgrade-refusal.js';

export const LIVE_PATH = '/v1/live';

/** Largest message taken from a client. */
const MAX_FRAME_BYTES = 65_536;

type Verdict = (
  allowed: boolean,
  status?: number,
  message?: string,
  headers?: Record<string, string>,
) => void;

/** ws for Nest with our limits, and with {@link AccessControl} asked in the upgrade, where Nest's guards don't reach. */
export class LiveSocketAdapter extends WsAdapter {
  constructor(private readonly application: INestApplication) {
    super(application);
  }

  override create(port: number, options: Record<string, unknown> = {}): unknown {
    const access = this.application.get(AccessControl, { strict: false });
    const http = this.application.getHttpServer() as Server;
    // Nest cuts the connection of an upgrade to a path without a socket; this answers before.
    http.prependListener('upgrade', (request: IncomingMessage, connection: Duplex) => {
      if (!/^\/v1\/live(\?|$)/.test(request.url ?? '')) refuseUpgrade(connection, noSocketHere());
    });
    const server = super.create(port, {
      ...options,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      verifyClient: ({ req }: { req: IncomingMessage }, verdict: Verdict): void => {
        const admitted = access.admitUpgrade(req);
        if (!(admitted instanceof Refusal)) return verdict(true);
        verdict(false, admitted.status, JSON.stringify(admitted.problem), {
          'Content-Type': 'application/problem+json; charset=utf-8',
          ...admitted.headers,
        });
      },
    } as Parameters<WsAdapter['create']>[1]) as WebSocketServer;
    server.on('wsClientError', (error: Error, connection: Duplex) =>
      refuseUpgrade(connection, badHandshake(error.message)),
    );
    return server;
  }

  /** What a client does wrong on the wire (a frame over the limit, bad UTF-8) is not the operator's business. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket: WebSocket) =>
      socket.on('error', (error) => this.logger.debug(`a socket was closed: ${error.message}`)),
    );
    server.on('error', (error) => this.logger.error(error));
    return server;
  }

  /** Says 1001 to everybody before the sockets are cut. */
  override async close(server: WebSocketServer): Promise<void> {
    for (const socket of server.clients) socket.close(1001, 'the service is stopping');
    await super.close(server);
  }

  /** Connections read their own messages. */
  override bindMessageHandlers(): void {}
}
