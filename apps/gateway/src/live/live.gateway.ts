import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { ACCESS, type Access } from '../http/access.js';
import { LiveConnection, type LiveLimits } from './live-connection.js';
import { LIVE_PATH } from './live-socket-adapter.js';
import { LiveHub } from './live-hub.js';

export const LIVE_LIMITS_TOKEN = Symbol('LiveLimits');

/** RFC 6455's registry: the server is overloaded. */
const TRY_AGAIN_LATER = 1013;

/** `WS /v1/live`. Messages are not routed by Nest: each socket speaks the protocol through its own connection. */
@WebSocketGateway({ path: LIVE_PATH })
export class LiveGateway implements OnGatewayConnection {
  private open = 0;

  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(ACCESS) private readonly access: Access,
    @Inject(LIVE_LIMITS_TOKEN) private readonly limits: LiveLimits,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    if (this.open >= this.limits.connections) {
      socket.close(TRY_AGAIN_LATER, 'too many connections');
      return;
    }
    this.open++;
    socket.once('close', () => this.open--);
    new LiveConnection(socket, request, this.hub, this.access, this.limits);
  }
}
