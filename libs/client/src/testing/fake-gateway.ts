import type { Cursor } from '../live/cursor.js';
import type { SocketEvent, WebSocketConstructor, WebSocketLike } from '../live/web-socket.js';

interface Stored {
  readonly offset: number;
  readonly payload: unknown;
}

type Json = Record<string, unknown>;

interface Asked {
  readonly channel: string;
  next: number;
}

/** One end of a socket. What the gateway says waits in `outgoing` until the test lets it through. */
class FakeSocket implements WebSocketLike {
  readonly outgoing: SocketEvent[] = [{ type: 'open' }];
  readonly asked = new Map<string, Asked>();
  isOpen = true;
  private readonly listeners = new Map<string, ((event: SocketEvent) => void)[]>();

  constructor(
    readonly url: string,
    private readonly gateway: FakeGateway,
  ) {
    gateway.sockets.push(this);
  }

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    if (this.isOpen) this.gateway.take(this, JSON.parse(text) as Json);
  }

  close(): void {
    this.isOpen = false;
    this.outgoing.length = 0;
  }

  emit(event: SocketEvent): void {
    for (const listener of this.listeners.get(event.type) ?? []) listener(event);
  }
}

/** The service's side of `/v1/live`, over what it has stored. Nothing reaches a client but by {@link deliver}. */
export class FakeGateway {
  epoch = 'e1';
  /** Offsets before this are kept no longer. */
  earliest = 0;
  readonly sockets: FakeSocket[] = [];
  /** Everything that clients have said. */
  readonly heard: Json[] = [];
  private readonly channels = new Map<string, Stored[]>();

  get socket(): WebSocketConstructor {
    const connect = (url: string): FakeSocket => new FakeSocket(url, this);
    return class {
      constructor(url: string) {
        return connect(url);
      }
    } as WebSocketConstructor;
  }

  /** The sockets that are open. */
  get open(): FakeSocket[] {
    return this.sockets.filter(({ isOpen }) => isOpen);
  }

  stored(channel: string): readonly Stored[] {
    return this.channels.get(channel) ?? [];
  }

  /** Stores a message `leaving` a hole before it, and sends it to those who are subscribed. */
  store(channel: string, payload: unknown, leaving = 0): void {
    const offset = (this.stored(channel).at(-1)?.offset ?? -1) + 1 + leaving;
    this.channels.set(channel, [...this.stored(channel), { offset, payload }]);
    for (const socket of this.open) this.serve(socket);
  }

  /** Says something to every client that is subscribed to the channel. */
  say(channel: string, message: Json): void {
    for (const socket of this.open) {
      for (const [id, asked] of socket.asked) {
        if (asked.channel === channel) this.send(socket, { id, ...message });
      }
    }
  }

  /** Lets through what waits for the clients, `count` messages of each at most. */
  deliver(count = Infinity): void {
    for (const socket of this.open) {
      for (let left = count; left > 0 && socket.isOpen; left--) {
        const event = socket.outgoing.shift();
        if (event === undefined) break;
        socket.emit(event);
      }
    }
  }

  /** Closes every socket; what waits for the clients is lost. */
  cut(code = 1006, reason = ''): void {
    for (const socket of this.open) {
      socket.close();
      socket.emit({ type: 'close', code, reason });
    }
  }

  /** Another log in place of this one. */
  forget(epoch: string): void {
    this.epoch = epoch;
    this.channels.clear();
  }

  take(socket: FakeSocket, message: Json): void {
    this.heard.push(message);
    const id = String(message['id']);
    if (message['type'] === 'connection_init') {
      this.send(socket, { type: 'connection_ack', payload: { epoch: this.epoch, serverTime: '' } });
    } else if (message['type'] === 'complete') socket.asked.delete(id);
    else if (message['type'] === 'subscribe') this.subscribe(socket, id, message['payload'] as Json);
  }

  /** Ends the subscriptions to a channel. */
  complete(channel: string): void {
    this.say(channel, { type: 'complete' });
    for (const { asked } of this.open) {
      for (const [id, each] of asked) if (each.channel === channel) asked.delete(id);
    }
  }

  private subscribe(socket: FakeSocket, id: string, payload: Json): void {
    if (socket.asked.has(id)) throw new Error(`the id ${id} is in use`);
    const { channel, since = 'latest' } = payload as { channel: string; since?: unknown };
    const end = (this.stored(channel).at(-1)?.offset ?? -1) + 1;
    const cursor = typeof since === 'object' ? (since as Cursor) : null;
    const next = cursor !== null ? cursor.offset + 1 : since === 'earliest' ? this.earliest : end;
    if (cursor !== null && (cursor.epoch !== this.epoch || next > end || next < this.earliest)) {
      return this.send(socket, {
        ...{ type: 'error', id },
        payload: { code: 'cursor_expired', message: 'the cursor is of another epoch' },
      });
    }
    socket.asked.set(id, { channel, next });
    this.send(socket, { type: 'subscribed', id, epoch: this.epoch, offset: next - 1 });
    this.serve(socket);
  }

  private serve(socket: FakeSocket): void {
    for (const [id, asked] of socket.asked) {
      for (const { offset, payload } of this.stored(asked.channel)) {
        if (offset < asked.next) continue;
        asked.next = offset + 1;
        this.send(socket, { type: 'next', id, epoch: this.epoch, offset, payload });
      }
    }
  }

  private send(socket: FakeSocket, message: Json): void {
    socket.outgoing.push({ type: 'message', data: JSON.stringify(message) });
  }
}
