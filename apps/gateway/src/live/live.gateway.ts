import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { AccessControl, Refusal } from '@hark/service';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { LiveConnection, TRY_AGAIN_LATER, type LiveLimits } from './live-connection.js';
import { LIVE_PATH } from './live-socket-adapter.js';
import { LiveHub } from './live-hub.js';

export const LIVE_LIMITS_TOKEN = Symbol('LiveLimits');

/** `WS /v1/live`. Messages are not routed by Nest: each socket speaks the protocol through its own connection. */
@WebSocketGateway({ path: LIVE_PATH })
export class LiveGateway implements OnGatewayConnection {
  private open = 0;

  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(AccessControl) private readonly access: AccessControl,
    @Inject(LIVE_LIMITS_TOKEN) private readonly limits: LiveLimits,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    if (this.open >= this.limits.connections) {
      socket.close(TRY_AGAIN_LATER, 'too many connections');
      return;
    }
    const leave = this.access.enterFrom(request);
    if (leave instanceof Refusal) {
      socket.close(TRY_AGAIN_LATER, leave.detail);
      return;
    }
    this.open++;
    socket.once('close', () => {
      this.open--;
      leave();
    });
    new LiveConnection(socket, request, this.hub, this.access, this.limits);
  }
}
