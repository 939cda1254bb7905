import { problem } from '@hark/contracts';
import { Refusal, type Principal, type AccessControl, type Leave } from '@hark/service';
import { partitionOf } from '@hark/streaming';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { InFlightBudget } from '../../front-door/in-flight-budget.js';
import type { SampleDoor } from '../../front-door/sample-door.js';
import { attempt } from '../connections/connection.js';
import type { ConnectionLog } from '../connections/connection-log.js';
import { DeviceConnection } from './device-connection.js';
import { sequenceOf, userOf } from './outermost-member.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { SOCKET_WAY, SocketLane, turnAway } from './socket-lane.js';

export interface DeviceSocketsOptions {
  readonly frontDoor: Pick<SampleDoor, 'accept' | 'activities'>;
  /** How many partitions the front door has; 1 when absent. */
  readonly partitions?: number;
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

/**
 * `WS /v1/samples`: a columnar batch a message, each answered `{"ack":seq}` when it is durable, or `{"nack":seq,
 * "problem":…}`.
 */
export class DeviceSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // Pings are counted, and answered, as messages are.
    autoPong: false,
  });
  /** One for each partition: what waits for one that is away or busy holds up no other's. */
  private readonly lanes: readonly SocketLane[];
  private readonly open = new Set<DeviceConnection>();
  private heartbeats: NodeJS.Timeout | undefined;

  constructor(private readonly options: DeviceSocketsOptions) {
    this.lanes = Array.from({ length: options.partitions ?? 1 }, () => new SocketLane(options));
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
    await Promise.all(this.lanes.map((lane) => lane.settled()));
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
    let device: DeviceConnection | null = null;
    const ofToken = access.enter(principal, () => device?.close(4401, 'the token is good no longer'));
    if (ofToken instanceof Refusal) {
      leave();
      return this.refuse(request, connection, ofToken);
    }
    leaves.push(ofToken);
    connection.once('close', leave);
    this.server.handleUpgrade(request, connection, head, (opened) => {
      device = this.serve(opened, principal, request.socket.remoteAddress ?? null);
    });
  }

  private refuse(request: IncomingMessage, connection: Duplex, refusal: Refusal): void {
    const { code } = refusal.problem;
    const address = request.socket.remoteAddress ?? null;
    this.options.connections.add(attempt(SOCKET_WAY, 'refused', { code, address }));
    refuseUpgrade(connection, refusal.problem, refusal.headers);
  }

  private serve(socket: WebSocket, principal: Principal, address: string | null): DeviceConnection {
    const { budget, now } = this.options;
    const connection = new DeviceConnection(socket, principal, address, budget, now);
    this.open.add(connection);
    socket.on('message', (data: RawData) => this.receive(connection, data as Buffer));
    socket.on('ping', (data: Buffer) => connection.pinged(data));
    socket.on('pong', () => (connection.isAlive = true));
    // What a device does wrong on the wire closes its socket; it is not the operator's business.
    socket.on('error', () => undefined);
    socket.once('close', () => this.open.delete(connection));
    return connection;
  }

  private receive(connection: DeviceConnection, message: Buffer): void {
    if (connection.isClosing) return;
    const counted = connection.received();
    const seq = sequenceOf(message) ?? counted;
    let release: () => void;
    try {
      release = connection.hold(message.length);
    } catch (error) {
      return turnAway(connection, seq, error, this.options.connections);
    }
    this.laneOf(message).add(connection, message, seq, release);
  }

  /** Which lane is a matter of waiting alone: the front door finds the partition of each row for itself. */
  private laneOf(message: Buffer): SocketLane {
    const { lanes } = this;
    return lanes[lanes.length === 1 ? 0 : partitionOf(userOf(message) ?? '', lanes.length)];
  }
}
