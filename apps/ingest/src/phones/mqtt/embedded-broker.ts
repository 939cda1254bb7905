import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client } from 'aedes';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { Refusal, type AccessControl, type Leave, type Principal } from '@hark/service';
import type { MqttIntake } from './mqtt-intake.js';

export interface EmbeddedBrokerOptions {
  readonly port: number;
  readonly host: string;
  readonly access: AccessControl;
  readonly intake: MqttIntake;
  readonly logger: Logger;
}

const BAD_PASSWORD = 4;
const MAX_CLIENTS = 1000;

/** Who a client is, and where from. */
interface Known {
  readonly principal: Principal;
  readonly address: string | null;
}

/**
 * A broker for trying, in the app itself: devices publish to it, and what they publish is durable before it is
 * acknowledged. Where tokens are used, a client's password is its token. Nobody subscribes to it.
 */
export class EmbeddedBroker {
  private readonly broker: Aedes;
  private readonly server: Server;
  private readonly known = new WeakMap<Client, Known>();
  private readonly sockets = new Set<Socket>();

  /** Resolves when it listens. @throws when the port is taken. */
  static async open(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const broker = await Aedes.createBroker({
      authenticate: (client, _user, password, done) => self.authenticate(client, password, done),
      authorizePublish: (client, packet, done) => self.publish(client, packet as AedesPublishPacket, done),
      authorizeSubscribe: (_client, _subscription, done) => done(null, null),
    });
    const self = new EmbeddedBroker(broker, options);
    await new Promise<void>((resolve, reject) => {
      self.server.once('error', reject);
      self.server.listen(options.port, options.host, resolve);
    });
    return self;
  }

  private constructor(
    broker: Aedes,
    private readonly options: EmbeddedBrokerOptions,
  ) {
    this.broker = broker;
    broker.on('clientError', (_client, error) =>
      options.logger.debug({ err: error }, 'an MQTT client was cut off'),
    );
    broker.on('connectionError', () => undefined);
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      broker.handle(socket);
    });
    this.server.maxConnections = MAX_CLIENTS;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.broker.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private authenticate(
    client: Client,
    password: Readonly<Buffer | undefined>,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const { access } = this.options;
    const token = password === undefined || password.length === 0 ? undefined : password.toString();
    const principal = access.admitAs('POST', '/v1/samples', token);
    if (principal instanceof Refusal) return done(refusal(principal.detail), null);
    const leave: Leave | Refusal = access.enter(principal, () => client.close());
    if (leave instanceof Refusal) return done(refusal(leave.detail), null);
    const socket = client.conn as Socket;
    socket.once('close', leave);
    this.known.set(client, { principal, address: socket.remoteAddress ?? null });
    done(null, true);
  }

  private publish(
    client: Client | null,
    packet: AedesPublishPacket,
    done: (error?: Error | null) => void,
  ): void {
    const known = client === null ? undefined : this.known.get(client);
    if (known === undefined) return done(new Error('nobody may publish but clients'));
    const { topic, payload } = packet;
    // What nobody can subscribe to need not be kept.
    packet.retain = false;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    // The acknowledgement follows the answer.
    this.options.intake.take(topic, bytes, known.principal, known.address).then(
      () => done(null),
      (error: unknown) => {
        this.options.logger.warn({ err: error }, 'a message of MQTT was not taken');
        done(error as Error);
      },
    );
  }
}

function refusal(message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode: BAD_PASSWORD });
}
