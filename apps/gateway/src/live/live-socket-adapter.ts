import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage } from 'node:http';
import type { WebSocketServer } from 'ws';
import { ACCESS, type Access } from '../http/access.js';

/** Largest message taken from a client. */
const MAX_FRAME_BYTES = 65_536;

type Verdict = (allowed: boolean, status?: number, message?: string) => void;

/** ws for Nest with our limits, and with {@link Access} asked in the upgrade, where Nest's guards don't reach. */
export class LiveSocketAdapter extends WsAdapter {
  constructor(private readonly application: INestApplication) {
    super(application);
  }

  override create(port: number, options: Record<string, unknown> = {}): unknown {
    const access = this.application.get<Access>(ACCESS, { strict: false });
    return super.create(port, {
      ...options,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      verifyClient: ({ req }: { req: IncomingMessage }, verdict: Verdict): void => {
        const refusal = access.authorize(req);
        if (refusal === null) verdict(true);
        else verdict(false, refusal.status, refusal.message);
      },
    } as Parameters<WsAdapter['create']>[1]);
  }

  /** Says 1001 to everybody before the sockets are cut. */
  override async close(server: WebSocketServer): Promise<void> {
    for (const socket of server.clients) socket.close(1001, 'the service is stopping');
    await super.close(server);
  }

  /** Connections read their own messages. */
  override bindMessageHandlers(): void {}
}
