import type { ServerMessage } from '@hark/contracts';
import type { Environment } from '../environment.js';
import { HarkAuthError, HarkProtocolError } from '../errors.js';
import { Backoff } from './backoff.js';
import type { ConnectionState } from './connection-state.js';
import type { Cursor } from './cursor.js';
import { CLOSED, LiveSocket, type Loss, type SubscribeRequest } from './live-socket.js';
import type { WebSocketConstructor } from './web-socket.js';

/** A connection that lasted this long was a good one, though nothing may have come. */
const GOOD_MS = 5_000;

/** Between two members that go on after a rest: the service takes 200 messages a second from a socket. */
const PROCEED_MS = 25;

/** One subscription, as the connection sees it. */
export interface Subscriber {
  /** What to ask for now: from the beginning, or from where it has come to. */
  request(): SubscribeRequest;
  begun(cursor: Cursor): void;
  next(cursor: Cursor, payload: unknown): void;
  gap(dropped: number): void;
  /** The connection is gone; what it did not bring comes with the next. */
  cut(): void;
  completed(): void;
  /** The service has ended it. @returns whether it is to be asked for again: at once, later or never. */
  failed(code: string, message: string): 'now' | 'later' | 'never';
  /** There will be no further connection. */
  abandoned(error: Error): void;
  /** Nobody wants more of it. */
  leave(): void;
}

/** Where the service is, and who asks. */
export interface LiveAddress {
  /** `ws://…/v1/live`. */
  readonly url: string;
  token(): Promise<string | undefined>;
  socket(): Promise<WebSocketConstructor>;
}

/**
 * One socket for all subscriptions. It is opened for the first, closed after the last, and opened anew whenever it is
 * lost: each subscription then asks for what follows its cursor.
 */
export class LiveConnection {
  private readonly members = new Set<Subscriber>();
  /** Those that the service is asked to serve on this socket. Every asking has an id of its own. */
  private readonly asked = new Map<string, Subscriber>();
  private readonly idOf = new Map<Subscriber, string>();
  /** Members that have no room and don't want to be served now. */
  private readonly resting = new Set<Subscriber>();
  private socket: LiveSocket | null = null;
  private phase: ConnectionState['state'] = 'idle';
  private readyAt = 0;
  /** Members that have room again and wait for their turn to be asked for. */
  private rested: Subscriber[] = [];
  private cancelPace: (() => void) | null = null;
  private readonly cancelLater = new Set<() => void>();
  private ids = 0;
  /** Counts the tries to connect: an older one that is still under way has been given up. */
  private attempt = 0;
  private cancelRetry = (): void => undefined;
  private readonly backoff: Backoff;

  constructor(
    private readonly address: LiveAddress,
    private readonly environment: Environment,
    private readonly onState: (state: ConnectionState) => void,
  ) {
    this.backoff = new Backoff(() => environment.random());
  }

  attach(member: Subscriber): void {
    this.members.add(member);
    if (this.phase === 'live') this.ask(member);
    else if (this.phase === 'idle' || this.phase === 'failed') void this.connect();
  }

  detach(member: Subscriber): void {
    this.withdraw(member);
    this.resting.delete(member);
    if (!this.members.delete(member) || this.members.size > 0) return;
    this.disconnect();
    this.tell({ state: 'idle' });
  }

  /** The member has no room: nothing more is sent to it until {@link proceed}. */
  rest(member: Subscriber): void {
    this.resting.add(member);
    this.withdraw(member);
  }

  /** The member has room again. */
  proceed(member: Subscriber): void {
    this.rested.push(member);
    if (this.cancelPace === null) this.pace();
  }

  /** Ends every subscription without an error. */
  end(): void {
    for (const member of [...this.members]) member.leave();
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    this.tell({ state: 'connecting', tries: this.backoff.tries });
    try {
      const [Socket, token] = await Promise.all([this.address.socket(), this.address.token()]);
      if (attempt !== this.attempt) return;
      this.socket = new LiveSocket(new Socket(this.address.url), token, this.environment, {
        ready: () => this.ready(),
        message: (message) => this.received(message),
        lost: (loss) => this.lost(loss),
      });
    } catch (error) {
      if (attempt === this.attempt) this.lost({ code: 1006, reason: String((error as Error).message) });
    }
  }

  private disconnect(): void {
    this.attempt++;
    this.cancelRetry();
    this.socket?.close();
    this.forgetSocket();
    this.resting.clear();
    this.rested = [];
    this.cancelPace?.();
    this.cancelPace = null;
    for (const cancel of this.cancelLater) cancel();
    this.cancelLater.clear();
    this.backoff.reset();
  }

  private ready(): void {
    this.readyAt = this.environment.now();
    this.tell({ state: 'live' });
    for (const member of [...this.members]) this.ask(member);
  }

  private lost({ code, reason }: Loss): void {
    const lasted = this.phase === 'live' && this.environment.now() - this.readyAt >= GOOD_MS;
    this.forgetSocket();
    const error = finalError(code, reason);
    if (error !== null) {
      const members = [...this.members];
      this.members.clear();
      this.disconnect();
      this.tell({ state: 'failed', error });
      for (const member of members) member.abandoned(error);
      return;
    }
    for (const member of this.members) member.cut();
    if (lasted) this.backoff.reset();
    const waitMs = this.backoff.next();
    const { tries } = this.backoff;
    this.cancelRetry = this.environment.after(waitMs, () => void this.connect());
    const retryAtMs = this.environment.now() + waitMs;
    this.tell({ state: 'waiting', reason, closeCode: code, tries, retryAtMs });
  }

  private received(message: ServerMessage): void {
    if (!('id' in message)) return;
    // What was still on its way when the member withdrew has no asker any more.
    const member = this.asked.get(message.id);
    if (member === undefined) return;
    switch (message.type) {
      case 'subscribed':
        return member.begun({ epoch: message.epoch, offset: message.offset });
      case 'next':
        this.backoff.reset();
        return member.next({ epoch: message.epoch, offset: message.offset }, message.payload);
      case 'gap':
        return member.gap(message.dropped);
      case 'complete':
        this.forget(member);
        return member.completed();
      case 'error':
        return this.failed(member, message.payload.code, message.payload.message);
    }
  }

  private failed(member: Subscriber, code: string, message: string): void {
    // After `cursor_expired` the service may go on from the newest: whether to is the member's to say.
    this.withdraw(member);
    const again = member.failed(code, message);
    if (again === 'now') this.ask(member);
    if (again !== 'later') return;
    const cancel = this.environment.after(this.backoff.next(), () => {
      this.cancelLater.delete(cancel);
      this.ask(member);
    });
    this.cancelLater.add(cancel);
  }

  private pace(): void {
    const member = this.rested.shift();
    this.cancelPace = member === undefined ? null : this.environment.after(PROCEED_MS, () => this.pace());
    if (member !== undefined && this.resting.delete(member)) this.ask(member);
  }

  private ask(member: Subscriber): void {
    if (this.phase !== 'live' || !this.members.has(member)) return;
    if (this.idOf.has(member) || this.resting.has(member)) return;
    const id = `s${++this.ids}`;
    this.asked.set(id, member);
    this.idOf.set(member, id);
    this.socket?.send({ type: 'subscribe', id, payload: member.request() });
  }

  private withdraw(member: Subscriber): void {
    const id = this.forget(member);
    if (id !== undefined) this.socket?.send({ type: 'complete', id });
  }

  private forget(member: Subscriber): string | undefined {
    const id = this.idOf.get(member);
    this.idOf.delete(member);
    if (id !== undefined) this.asked.delete(id);
    return id;
  }

  private forgetSocket(): void {
    this.socket = null;
    this.asked.clear();
    this.idOf.clear();
  }

  private tell(state: ConnectionState): void {
    this.phase = state.state;
    this.onState(state);
  }
}

/** Why another try would come to the same, or null when it may not. */
function finalError(code: number, reason: string): Error | null {
  if (code === CLOSED.unauthorized || code === CLOSED.forbidden) return new HarkAuthError(code, reason);
  if (code === CLOSED.badMessage || code === CLOSED.idInUse) return new HarkProtocolError(code, reason);
  return null;
}
