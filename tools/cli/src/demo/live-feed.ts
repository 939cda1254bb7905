import type { ServerMessage } from '@hark/contracts';
import { WebSocket } from 'ws';

/** A channel with what to do with its messages. */
export interface Subscription {
  readonly channel: string;
  readonly mode?: 'append' | 'update';
  readonly onNext: (payload: never) => void;
}

interface Cursor {
  readonly epoch: string;
  readonly offset: number;
}

const RECONNECT_MS = 500;

/** The gateway's channels over its WebSocket, from the earliest record on; reconnects where it left. */
export class LiveFeed {
  private socket: WebSocket | null = null;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly cursors = new Map<string, Cursor>();

  /** @param url of the gateway, http. */
  constructor(
    private readonly url: string,
    private readonly subscriptions: readonly Subscription[],
    private readonly token?: string,
  ) {
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.terminate();
  }

  private connect(): void {
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/v1/live`);
    this.socket = socket;
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { token: this.token } })),
    );
    // `close` follows, and tries again.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!this.closed) this.timer = setTimeout(() => this.connect(), RECONNECT_MS);
    });
    socket.on('message', (data: Buffer) => this.take(socket, JSON.parse(data.toString()) as ServerMessage));
  }

  private take(socket: WebSocket, message: ServerMessage): void {
    if (message.type === 'connection_ack') {
      for (const { channel, mode } of this.subscriptions) {
        const since = this.cursors.get(channel) ?? 'earliest';
        const payload = { channel, since, ...(mode && { mode }) };
        socket.send(JSON.stringify({ type: 'subscribe', id: channel, payload }));
      }
    } else if (message.type === 'ping') {
      socket.send(JSON.stringify({ type: 'pong' }));
    } else if (message.type === 'next') {
      const { id, epoch, offset, payload } = message;
      this.cursors.set(id, { epoch, offset });
      this.subscriptions.find(({ channel }) => channel === id)?.onNext(payload as never);
    }
  }
}
