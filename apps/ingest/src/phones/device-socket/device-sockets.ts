import { problem, type Problem } from '@hark/contracts';
import { Refusal, type Principal, type AccessControl, type Leave } from '@hark/service';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { FrontDoor } from '../../front-door/front-door.js';
import type { InFlightBudget } from '../../front-door/in-flight-budget.js';
import { problemFor } from '../../front-door/intake-problems.js';
import { attempt } from '../connections/connection.js';
import type { ConnectionLog } from '../connections/connection-log.js';
import { DeviceConnection } from './device-connection.js';
import { sequenceOf } from './message-sequence.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { SocketGroup, type GroupedRows } from './socket-group.js';

export interface DeviceSocketsOptions {
  readonly frontDoor: FrontDoor;
  readonly access: AccessControl;
  readonly connections: ConnectionLog;
  /** Bytes of all messages under way. */
  readonly budget: InFlightBudget;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly maxSockets?: number;
}

/** Largest message. */
const MAX_MESSAGE_BYTES = 1 << 20;
const HEARTBEAT_MS = 15_000;
const WAY = 'WS /v1/samples';
const SOURCE = 'websocket';

/** A message that waits for its group. */
interface Waiting {
  readonly connection: DeviceConnection;
  readonly seq: number;
  readonly rows: GroupedRows;
  readonly release: () => void;
}

/**
 * `WS /v1/samples`: a columnar batch a message, each answered `{"ack":seq}` when it is durable, or `{"nack":seq,
 * "problem":…}`. Messages that come while a group is being written are the next group, so the log takes few and large
 * records however many devices there are.
 */
export class DeviceSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  private readonly group: SocketGroup;
  private readonly open = new Set<DeviceConnection>();
  private waiting: Waiting[] = [];
  private writing: Promise<void> | null = null;
  private heartbeats: NodeJS.Timeout | undefined;

  constructor(private readonly options: DeviceSocketsOptions) {
    this.group = new SocketGroup(options.frontDoor.activities);
  }

  /** Sockets open. */
  get size(): number {
    return this.open.size;
  }

  /** Bytes of messages that are not answered yet. */
  get waitingBytes(): number {
    let sum = 0;
    for (const { waitingBytes } of this.open) sum += waitingBytes;
    return sum;
  }

  /** Answers the upgrades of a server. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) =>
      this.upgrade(request, connection, head),
    );
    this.heartbeats = setInterval(() => {
      for (const each of this.open) each.heartbeat();
    }, HEARTBEAT_MS).unref();
  }

  /** Says goodbye to every device once what it has sent is answered. */
  async close(): Promise<void> {
    clearInterval(this.heartbeats);
    await this.writing;
    for (const each of this.open) each.close(1001, 'the service is stopping');
    this.server.close();
  }

  private upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const { access, maxSockets = 10_000 } = this.options;
    if (!/^\/v1\/samples\/?(\?|$)/.test(request.url ?? '')) {
      const detail = 'The only socket is the WebSocket at /v1/samples.';
      return refuseUpgrade(connection, problem(404, 'not_found', 'Not Found', detail));
    }
    const principal = access.admitUpgrade(request) ?? access.connect(request, undefined);
    if (principal instanceof Refusal) return this.refuse(request, connection, principal);
    const leaves: Leave[] = [];
    const leave = () => leaves.forEach((each) => each());
    const fromAddress =
      this.open.size >= maxSockets
        ? Refusal.tooMany('There are too many sockets.')
        : access.enterFrom(request);
    if (fromAddress instanceof Refusal) return this.refuse(request, connection, fromAddress);
    leaves.push(fromAddress);
    let socket: WebSocket | null = null;
    const ofToken = access.enter(principal, () => socket?.close(4401, 'the token is good no longer'));
    if (ofToken instanceof Refusal) {
      leave();
      return this.refuse(request, connection, ofToken);
    }
    leaves.push(ofToken);
    connection.once('close', leave);
    this.server.handleUpgrade(request, connection, head, (opened) => {
      socket = opened;
      this.serve(opened, principal, request.socket.remoteAddress ?? null);
    });
  }

  private refuse(request: IncomingMessage, connection: Duplex, refusal: Refusal): void {
    const { code } = refusal.problem;
    const address = request.socket.remoteAddress ?? null;
    this.options.connections.add(attempt(WAY, 'refused', { code, address }));
    refuseUpgrade(connection, refusal.problem, refusal.headers);
  }

  private serve(socket: WebSocket, principal: Principal, address: string | null): void {
    const connection = new DeviceConnection(socket, principal, address, this.options.budget);
    this.open.add(connection);
    socket.on('message', (data: RawData) => this.receive(connection, data as Buffer));
    socket.on('pong', () => (connection.isAlive = true));
    // What a device does wrong on the wire closes its socket; it is not the operator's business.
    socket.on('error', () => undefined);
    socket.once('close', () => this.open.delete(connection));
  }

  private receive(connection: DeviceConnection, message: Buffer): void {
    const counted = connection.received();
    const seq = sequenceOf(message) ?? counted;
    let release = () => {};
    try {
      release = connection.hold(message.length);
      const rows = this.group.add(message, connection.principal, this.options.now());
      this.waiting.push({ connection, seq, rows, release });
    } catch (error) {
      release();
      return this.turnAway(connection, seq, error);
    }
    this.writing ??= this.write();
  }

  private async write(): Promise<void> {
    // The other messages that are here already belong to the same group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      let failure: Problem | null = null;
      try {
        const taken = this.group.take();
        const receivedMs = this.options.now();
        if (taken.batch.rows + taken.rejected > 0) {
          await this.options.frontDoor.accept({ ...taken, source: SOURCE, receivedMs });
        }
      } catch (error) {
        failure = problemOf(error);
      }
      for (const each of group) this.answer(each, failure);
      this.report(group, failure);
    }
    this.writing = null;
  }

  private answer({ connection, seq, rows, release }: Waiting, failure: Problem | null): void {
    release();
    const { accepted, rejected, errors } = rows;
    if (failure !== null) connection.refuse(seq, failure);
    else if (rejected === 0 && accepted > 0) connection.acknowledge(seq, {});
    else if (accepted > 0) connection.acknowledge(seq, { rejected, errors });
    else connection.refuse(seq, { ...allRefused(rows), ...{ rejected, errors } });
  }

  private turnAway(connection: DeviceConnection, seq: number, error: unknown): void {
    const found = problemOf(error);
    connection.refuse(seq, found);
    this.options.connections.add(attempt(WAY, 'refused', { code: found.code, address: connection.address }));
  }

  /** One attempt for each socket of a group. */
  private report(group: readonly Waiting[], failure: Problem | null): void {
    const sums = new Map<DeviceConnection, { accepted: number; rejected: number; code: string | null }>();
    for (const { connection, rows } of group) {
      const sum = sums.get(connection) ?? { accepted: 0, rejected: 0, code: failure?.code ?? null };
      sum.accepted += failure === null ? rows.accepted : 0;
      sum.rejected += rows.rejected;
      sum.code ??= rows.errors.at(0)?.code ?? null;
      sums.set(connection, sum);
    }
    for (const [{ address }, sum] of sums) {
      const verdict = sum.accepted > 0 ? 'accepted' : 'refused';
      this.options.connections.add(attempt(WAY, verdict, { ...sum, address }));
    }
  }
}

function allRefused({ rejected, errors }: GroupedRows): Problem {
  const first = errors.at(0);
  if (first === undefined) return problem(400, 'no_rows', 'No row', 'The message holds no row.');
  const detail = `None of ${rejected} rows was taken; row ${first.row}: ${first.message}.`;
  return problem(400, first.code, 'Every row was refused', detail);
}

function problemOf(error: unknown): Problem {
  return (
    problemFor(error)?.problem ??
    problem(500, 'internal_error', 'Internal error', 'The message failed; the log of the app says why.')
  );
}
