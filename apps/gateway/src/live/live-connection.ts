import {
  CLOSE_CODES,
  clientMessage,
  type ClientMessage,
  type ServerMessage,
  type SubscribePayload,
} from '@hark/contracts';
import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { Access } from '../http/access.js';
import { readableFaults, readableIssue } from '../http/readable-issue.js';
import type { ChannelFeed } from './channel-feed.js';
import { nextFraming } from './framing.js';
import type { LiveHub } from './live-hub.js';
import { OUTLET_LIMITS, type OutletLimits } from './outlet.js';
import { SocketOutlet } from './socket-outlet.js';
import type { Subscription } from './subscription.js';

export interface LiveLimits extends OutletLimits {
  /** Sockets open at a time. */
  readonly connections: number;
  readonly initMs: number;
  readonly heartbeatMs: number;
  readonly subscriptions: number;
  /** Messages and pings from the client within any one second. */
  readonly messagesPerSecond: number;
  /** How long a close frame may take to be answered before the connection is cut. */
  readonly closeMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  ...OUTLET_LIMITS,
  connections: 12_000,
  initMs: 10_000,
  heartbeatMs: 15_000,
  subscriptions: 100,
  messagesPerSecond: 200,
  closeMs: 3_000,
};

/**
 * One client of `/v1/live`: the protocol of `live-protocol.ts`. A client that shows no sign of life (a message, or
 * the answer to a ping) between three heartbeats, or lets its buffer stand full, is closed with 4108.
 */
export class LiveConnection {
  private readonly outlet: SocketOutlet;
  private readonly subscriptions = new Map<string, { feed: ChannelFeed; subscription: Subscription }>();
  private state: 'new' | 'ready' | 'closed' = 'new';
  private cancelTimer: () => void;
  private missedBeats = 0;
  private secondStart = 0;
  private messagesInSecond = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly request: IncomingMessage,
    private readonly hub: LiveHub,
    private readonly access: Access,
    private readonly limits: LiveLimits,
  ) {
    const { clock } = hub;
    this.outlet = new SocketOutlet(socket, clock, limits, () =>
      this.close(CLOSE_CODES.tooSlow, 'too slow: reconnect with your last offset'),
    );
    this.cancelTimer = clock.after(limits.initMs, () =>
      this.close(CLOSE_CODES.initTimeout, 'connection_init did not come in time'),
    );
    socket.on('message', (data, binary) => this.received(data, binary));
    socket.on('ping', () => this.alive());
    socket.on('pong', () => this.alive());
    socket.on('close', () => this.release());
    // What goes wrong on the wire (a frame over the limit, bad UTF-8, a reset) is followed by `close`.
    socket.on('error', () => undefined);
  }

  private received(data: RawData, binary: boolean): void {
    if (this.state === 'closed' || !this.alive()) return;
    let message: unknown;
    try {
      message = binary ? undefined : JSON.parse((data as Buffer).toString('utf8'));
    } catch {
      message = undefined;
    }
    if (message === undefined) {
      return this.close(CLOSE_CODES.badMessage, binary ? 'text messages only' : 'this is not JSON');
    }
    const parsed = clientMessage.safeParse(message, { error: readableIssue });
    if (parsed.success) return this.act(parsed.data);
    this.close(CLOSE_CODES.badMessage, readableFaults(parsed.error));
  }

  private act(message: ClientMessage): void {
    switch (message.type) {
      case 'connection_init':
        return this.init(message.payload?.token);
      case 'ping':
        return this.send({ type: 'pong' });
      case 'pong':
        return;
    }
    if (this.state !== 'ready') return this.close(CLOSE_CODES.unauthorized, 'connection_init comes first');
    if (message.type === 'subscribe') return this.subscribe(message.id, message.payload);
    const known = this.subscriptions.get(message.id);
    if (known === undefined) return;
    this.subscriptions.delete(message.id);
    known.feed.leave(known.subscription);
  }

  private init(token: string | undefined): void {
    if (this.state !== 'new') return this.close(CLOSE_CODES.badMessage, 'connection_init came twice');
    const refusal = this.access.authenticate(this.request, token);
    if (refusal !== null) {
      const code = refusal.status === 401 ? CLOSE_CODES.unauthorized : CLOSE_CODES.forbidden;
      return this.close(code, refusal.message);
    }
    this.state = 'ready';
    const { log, clock } = this.hub;
    this.send({
      type: 'connection_ack',
      payload: { epoch: log.epoch, serverTime: new Date(clock.now()).toISOString() },
    });
    this.cancelTimer();
    this.cancelTimer = clock.after(this.limits.heartbeatMs, () => this.beat());
  }

  private subscribe(id: string, payload: SubscribePayload): void {
    if (this.subscriptions.has(id)) return this.close(CLOSE_CODES.idInUse, 'this id is in use');
    if (this.subscriptions.size >= this.limits.subscriptions) {
      return this.fail(id, 'too_many_subscriptions', `at most ${this.limits.subscriptions} on one socket`);
    }
    const feed = this.hub.feed(payload.channel);
    if (feed === undefined) return this.fail(id, 'unknown_channel', this.hub.unknownChannel(payload.channel));
    const refusal = this.access.subscribe(this.request, payload);
    if (refusal !== null) return this.close(CLOSE_CODES.forbidden, refusal.message);
    const subscription = feed.join(payload, (epoch) => nextFraming(id, epoch), this.outlet, {
      begun: ({ epoch, offset }) => this.send({ type: 'subscribed', id, epoch, offset }),
      gap: (dropped) => this.send({ type: 'gap', id, dropped, reason: 'slow_consumer' }),
      failed: (code, message) => {
        this.subscriptions.delete(id);
        this.fail(id, code, message);
      },
      completed: () => {
        this.subscriptions.delete(id);
        this.send({ type: 'complete', id });
      },
    });
    this.subscriptions.set(id, { feed, subscription });
  }

  private beat(): void {
    if (++this.missedBeats > 2) return this.close(CLOSE_CODES.tooSlow, 'no answer to two pings');
    this.send({ type: 'ping' });
    this.socket.ping();
    this.cancelTimer = this.hub.clock.after(this.limits.heartbeatMs, () => this.beat());
  }

  /** A sign of life, counted against the rate. False when it was one too many. */
  private alive(): boolean {
    this.missedBeats = 0;
    const now = this.hub.clock.now();
    if (now - this.secondStart >= 1000 || now < this.secondStart) {
      this.secondStart = now;
      this.messagesInSecond = 0;
    }
    if (++this.messagesInSecond <= this.limits.messagesPerSecond) return true;
    this.close(CLOSE_CODES.badMessage, `more than ${this.limits.messagesPerSecond} messages a second`);
    return false;
  }

  private fail(id: string, code: string, message: string): void {
    this.send({ type: 'error', id, payload: { code, message } });
  }

  private send(message: ServerMessage): void {
    if (this.state !== 'closed') this.outlet.send(Buffer.from(JSON.stringify(message), 'utf8'));
  }

  private close(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.release();
    // RFC 6455 section 5.5: 123 bytes at most. A cut character becomes U+FFFD, two bytes longer at most.
    this.socket.close(code, Buffer.from(reason, 'utf8').subarray(0, 120).toString('utf8'));
    // Behind a full buffer the close frame may never arrive.
    const cancel = this.hub.clock.after(this.limits.closeMs, () => this.socket.terminate());
    this.socket.once('close', cancel);
  }

  private release(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.cancelTimer();
    for (const { feed, subscription } of this.subscriptions.values()) feed.leave(subscription);
    this.subscriptions.clear();
    this.outlet.close();
  }
}
