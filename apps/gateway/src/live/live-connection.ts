import {
  CLOSE_CODES,
  clientMessage,
  subscribePayload,
  type ClientMessage,
  type ServerMessage,
  type SubscribePayload,
} from '@hark/contracts';
import { Principal, Refusal, type AccessControl, type Leave } from '@hark/service';
import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { readableFaults, readableIssue, unknownField } from '../http/readable-issue.js';
import { AmbiguousJsonError, parsePlainJson } from '../http/plain-json.js';
import { ChannelFeed } from './channel-feed.js';
import { nextFraming, textFrame } from './framing.js';
import type { LiveHub } from './live-hub.js';
import { OUTLET_LIMITS, type OutletLimits } from './outlet.js';
import { SocketOutlet } from './socket-outlet.js';
import type { Subscription } from './subscription.js';

export interface LiveLimits extends OutletLimits {
  /** Sockets open at a time. */
  readonly connections: number;
  readonly initMs: number;
  readonly heartbeatMs: number;
  /** How long a ping may go without an answer, while nothing else moves either; less than `heartbeatMs`. */
  readonly answerMs: number;
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
  answerMs: 10_000,
  subscriptions: 100,
  messagesPerSecond: 200,
  closeMs: 2000,
};

const FIELDS = Object.keys(subscribePayload.shape);

/** RFC 6455's registry: the server is overloaded. */
export const TRY_AGAIN_LATER = 1013;

/**
 * One client of `/v1/live`: the protocol of `live-protocol.ts`. A client that neither answers a heartbeat in time nor
 * takes anything of what waits for it, or lets its buffer stand full, is closed with 4108.
 */
export class LiveConnection {
  private readonly outlet: SocketOutlet;
  private readonly subscriptions = new Map<string, { feed: ChannelFeed; subscription: Subscription }>();
  /** Ids of subscriptions that went on after `cursor_expired`. */
  private readonly expired = new Set<string>();
  private state: 'new' | 'ready' | 'closed' = 'new';
  /** Who is connected, once `connection_init` has said it. */
  private principal = Principal.nobody;
  private leaveAccess: Leave = () => undefined;
  private cancelTimer: () => void;
  /** Whether anything has come since the last heartbeat. */
  private signOfLife = true;
  private secondStart = 0;
  private messagesInSecond = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly request: IncomingMessage,
    private readonly hub: LiveHub,
    private readonly access: AccessControl,
    private readonly limits: LiveLimits,
  ) {
    const { clock } = hub;
    this.outlet = new SocketOutlet(socket, request.socket, clock, limits, () => this.tooSlow());
    this.cancelTimer = clock.after(limits.initMs, () =>
      this.close(CLOSE_CODES.initTimeout, 'connection_init did not come in time'),
    );
    socket.on('message', (data, binary) => this.received(data, binary));
    socket.on('ping', () => this.alive());
    socket.on('pong', (data: Buffer) => {
      if (!this.outlet.acknowledged(data)) this.alive();
    });
    socket.on('close', () => this.release());
    // What goes wrong on the wire (a frame over the limit, bad UTF-8, a reset) is followed by `close`.
    socket.on('error', () => undefined);
  }

  private received(data: RawData, binary: boolean): void {
    if (this.state === 'closed' || !this.alive()) return;
    let message: unknown;
    if (binary) return this.close(CLOSE_CODES.badMessage, 'text messages only');
    try {
      // Of UTF-8 the WebSocket itself makes sure.
      message = parsePlainJson((data as Buffer).toString('utf8'));
    } catch (error) {
      const reason = error instanceof AmbiguousJsonError ? error.message : 'this is not JSON';
      return this.close(CLOSE_CODES.badMessage, reason);
    }
    const parsed = clientMessage.safeParse(message, { error: readableIssue });
    if (parsed.success) return this.act(parsed.data, message);
    this.close(CLOSE_CODES.badMessage, readableFaults(parsed.error));
  }

  /** @param raw the same as it came, with what the schema does not know. */
  private act(message: ClientMessage, raw: unknown): void {
    switch (message.type) {
      case 'connection_init':
        return this.init(message.payload?.token);
      case 'ping':
        return this.send({ type: 'pong' });
      case 'pong':
        return;
    }
    if (this.state !== 'ready') return this.close(CLOSE_CODES.unauthorized, 'connection_init comes first');
    if (message.type === 'subscribe') {
      const { payload } = raw as { readonly payload: object };
      const unknown = Object.keys(payload).filter((key) => !FIELDS.includes(key));
      return this.subscribe(message.id, message.payload, unknown);
    }
    this.complete(message.id);
  }

  private complete(id: string): void {
    const known = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    this.expired.delete(id);
    known?.feed.leave(known.subscription);
  }

  private init(token: string | undefined): void {
    if (this.state !== 'new') return this.close(CLOSE_CODES.badMessage, 'connection_init came twice');
    const principal = this.access.connect(this.request, token);
    if (principal instanceof Refusal) return this.refuse(principal);
    const leave = this.access.enter(principal, () => this.revoked());
    if (leave instanceof Refusal) return this.refuse(leave);
    this.principal = principal;
    this.leaveAccess = leave;
    this.state = 'ready';
    const { log, clock } = this.hub;
    this.send({
      type: 'connection_ack',
      payload: { epoch: log.epoch, serverTime: new Date(clock.now()).toISOString() },
    });
    this.cancelTimer();
    this.cancelTimer = clock.after(this.limits.heartbeatMs, () => this.beat());
  }

  private revoked(): void {
    this.close(CLOSE_CODES.unauthorized, 'the token was revoked or has expired');
  }

  private refuse({ status, detail }: Refusal): void {
    if (status === 401) return this.close(CLOSE_CODES.unauthorized, detail);
    this.close(status === 429 ? TRY_AGAIN_LATER : CLOSE_CODES.forbidden, detail);
  }

  private subscribe(id: string, payload: SubscribePayload, unknown: readonly string[]): void {
    if (!this.access.isGood(this.principal)) return this.revoked();
    // Who takes `cursor_expired` for the end of the subscription may begin it anew.
    if (this.expired.delete(id)) this.complete(id);
    if (this.subscriptions.has(id)) return this.close(CLOSE_CODES.idInUse, 'this id is in use');
    if (this.subscriptions.size >= this.limits.subscriptions) {
      return this.fail(id, 'too_many_subscriptions', `at most ${this.limits.subscriptions} on one socket`);
    }
    if (unknown.length > 0) {
      // Passed over, a filter written wrongly would let everybody through.
      const faults = unknown.slice(0, 5).map((key) => unknownField(key, FIELDS));
      return this.fail(id, 'unknown_field', faults.join('; '));
    }
    const { users } = this.principal;
    const feed = this.hub.find(payload, users);
    if (!(feed instanceof ChannelFeed)) return this.fail(id, feed.code, feed.message);
    const subscription = feed.join(payload, users, (epoch) => nextFraming(id, epoch), this.outlet, {
      begun: ({ epoch, offset }) => this.send({ type: 'subscribed', id, epoch, offset }),
      gap: (dropped) => this.sendGap(id, dropped),
      expired: (message) => {
        this.fail(id, 'cursor_expired', message);
        this.expired.add(id);
        return true;
      },
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
    const { clock } = this.hub;
    const { heartbeatMs, answerMs } = this.limits;
    const { progress } = this.outlet;
    this.signOfLife = false;
    this.send({ type: 'ping' });
    this.socket.ping();
    this.cancelTimer = clock.after(answerMs, () => {
      // Behind much that waits an answer takes long: who takes something of it is alive.
      if (!this.signOfLife && this.outlet.progress === progress) return this.tooSlow();
      this.cancelTimer = clock.after(heartbeatMs - answerMs, () => this.beat());
    });
  }

  /** Says what the socket will not bring, in case it is read after all, and closes it. */
  private tooSlow(): void {
    for (const [id, { feed, subscription }] of this.subscriptions) {
      const waiting = feed.waiting(subscription);
      if (waiting > 0) this.sendGap(id, waiting);
    }
    this.close(CLOSE_CODES.tooSlow, 'too slow: reconnect with your last offset');
  }

  private sendGap(id: string, dropped: number): void {
    this.send({ type: 'gap', id, dropped, reason: 'slow_consumer' });
  }

  /** A sign of life, counted against the rate. False when it was one too many. */
  private alive(): boolean {
    this.signOfLife = true;
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
    if (this.state !== 'closed') this.outlet.send(textFrame(JSON.stringify(message)));
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
    this.leaveAccess();
    this.cancelTimer();
    for (const { feed, subscription } of this.subscriptions.values()) feed.leave(subscription);
    this.subscriptions.clear();
    this.outlet.close();
  }
}
