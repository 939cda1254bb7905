import type { ClientMessage, CLOSE_CODES, ServerMessage, SubscribePayload } from '@hark/contracts';
import type { Environment } from '../environment.js';
import type { SocketEvent, WebSocketLike } from './web-socket.js';

/** Restated, as the contracts would bring their schemas into the bundle; the type says that they are the same. */
export const CLOSED: typeof CLOSE_CODES = {
  badMessage: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  initTimeout: 4408,
  idInUse: 4409,
  tooSlow: 4108,
};

/** RFC 6455: the connection went without a word. */
const WITHOUT_A_WORD = 1006;

/** From the first try to `connection_ack`. */
const OPEN_MS = 10_000;
/** Two heartbeats of the service: who is silent for longer is gone. */
const SILENCE_MS = 30_000;

/** What the client says: defaults are left to the service. */
export type Outgoing =
  | Exclude<ClientMessage, { type: 'subscribe' }>
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: SubscribeRequest };

export type SubscribeRequest = Pick<SubscribePayload, 'channel'> & Partial<SubscribePayload>;

export interface Loss {
  readonly code: number;
  readonly reason: string;
}

export interface LiveSocketEvents {
  /** The service has let the client in. */
  ready(): void;
  message(message: ServerMessage): void;
  /** The socket is of no use any more; called once at most, and nothing after it. */
  lost(loss: Loss): void;
}

/** One socket from its opening to its end: the handshake, the heartbeat, and who is silent for too long. */
export class LiveSocket {
  private ready = false;
  private done = false;
  private heardAt: number;
  private cancelTimer: () => void;

  constructor(
    private readonly socket: WebSocketLike,
    token: string | undefined,
    private readonly environment: Pick<Environment, 'now' | 'after'>,
    private readonly events: LiveSocketEvents,
  ) {
    this.heardAt = environment.now();
    this.cancelTimer = environment.after(OPEN_MS, () => this.lose('the service did not answer in time'));
    socket.addEventListener('open', () => this.send({ type: 'connection_init', payload: { token } }));
    socket.addEventListener('message', ({ data }) => this.received(data));
    socket.addEventListener('close', (event) => this.closed(event));
    // Some sockets fire only this for a connection that was refused, some both: what comes second is not looked at.
    socket.addEventListener('error', ({ message }) => this.lose(message || 'the connection failed'));
  }

  send(message: Outgoing): void {
    if (!this.done) this.socket.send(JSON.stringify(message));
  }

  /** Ends it without a word to anybody here. */
  close(): void {
    if (this.done) return;
    this.finish();
    this.socket.close(1000);
  }

  private received(data: unknown): void {
    if (this.done) return;
    this.heardAt = this.environment.now();
    const message = parse(data);
    switch (message?.type) {
      case undefined:
        return this.lose('what came is no message of the protocol');
      case 'ping':
        return this.send({ type: 'pong' });
      case 'pong':
        return;
      case 'connection_ack':
        if (this.ready) return;
        this.ready = true;
        this.cancelTimer();
        this.watch();
        return this.events.ready();
      default:
        this.events.message(message as ServerMessage);
    }
  }

  private watch(): void {
    const left = this.heardAt + SILENCE_MS - this.environment.now();
    if (left <= 0) return this.lose('nothing was heard for two heartbeats');
    this.cancelTimer = this.environment.after(left, () => this.watch());
  }

  private closed({ code, reason }: SocketEvent): void {
    if (this.done) return;
    this.finish();
    this.events.lost({ code: code ?? WITHOUT_A_WORD, reason: reason || 'the connection was closed' });
  }

  private lose(reason: string): void {
    if (this.done) return;
    this.finish();
    // A dead connection may take minutes to close: nobody waits for that.
    this.socket.close();
    this.events.lost({ code: WITHOUT_A_WORD, reason });
  }

  private finish(): void {
    this.done = true;
    this.cancelTimer();
  }
}

function parse(data: unknown): ServerMessage | null {
  try {
    const message = JSON.parse(String(data)) as ServerMessage | null;
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}
