import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brokerProperties, type BrokerProperties } from './broker-properties.js';
import { DEFAULT_KAFKA_VERSION, java, kafkaJars } from './kafka-jars.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const READY_WITHIN_MS = 90_000;

export interface KafkaBrokerOptions {
  readonly version?: string;
  readonly heapMegabytes?: number;
  /** To be ready soon rather than fast later (default). */
  readonly quick?: boolean;
  /** See {@link BrokerProperties.secured}. */
  readonly secured?: { readonly user: string; readonly password: string };
}

/** A real Apache Kafka broker of one node on free ports of 127.0.0.1, with its data in a folder of its own. */
export class KafkaBroker {
  private process: ChildProcess | null = null;

  private constructor(
    /** Everything it writes; gone after {@link stop}. */
    readonly folder: string,
    readonly port: number,
    private readonly jars: string,
    private readonly heapMegabytes: number,
    private readonly quick: boolean,
  ) {
    process.once('exit', this.abandon);
  }

  /** Makes a broker and waits until it is ready. */
  static async start(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
    const jars = kafkaJars(options.version ?? process.env['KAFKA_VERSION'] ?? DEFAULT_KAFKA_VERSION);
    const [port, controllerPort] = await freePorts(2);
    const folder = mkdtempSync(join(tmpdir(), 'hark-kafka-'));
    const broker = new KafkaBroker(folder, port, jars, options.heapMegabytes ?? 256, options.quick ?? true);
    try {
      const secured = options.secured && { ...options.secured, ...certificate(folder) };
      const properties: BrokerProperties = { port, controllerPort, folder, ...(secured && { secured }) };
      writeFileSync(broker.properties, brokerProperties(properties));
      broker.format();
      await broker.restart();
      return broker;
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  /** For `HARK_KAFKA_BROKERS`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** PEM of the certificate of a secured broker. */
  get certificate(): string {
    return join(this.folder, 'certificate.pem');
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Starts it again on its ports with the data that it has, and waits until it is ready. */
  async restart(): Promise<void> {
    const output = openSync(join(this.folder, 'broker.log'), 'a');
    const heap = [`-Xms${this.heapMegabytes}m`, `-Xmx${this.heapMegabytes}m`];
    // Ready sooner, and at work with less memory; half as fast as a broker that is left to warm up.
    const flags = this.quick ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : ['-XX:+UseG1GC'];
    const child = spawn(
      java(),
      [...heap, ...flags, ...logging, '-cp', `${this.jars}/*`, 'kafka.Kafka', this.properties],
      { stdio: ['ignore', output, output] },
    );
    closeSync(output);
    this.process = child;
    const before = Date.now();
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`Kafka died:\n${this.tail()}`);
      if (Date.now() - before > READY_WITHIN_MS) throw new Error(`Kafka is not ready:\n${this.tail()}`);
      await sleep(50);
    }
  }

  /** As `kill -9`; resolves when the process is gone. Its data stay for {@link restart}. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it and removes everything that it has written. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    process.off('exit', this.abandon);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get properties(): string {
    return join(this.folder, 'server.properties');
  }

  private format(): void {
    const id = randomBytes(16).toString('base64url');
    const tool = [...logging, '-Xmx64m', '-cp', `${this.jars}/*`, 'kafka.tools.StorageTool'];
    const made = spawnSync(java(), [...tool, 'format', `--cluster-id=${id}`, '-c', this.properties], {
      encoding: 'utf8',
    });
    if (made.status !== 0) throw new Error(`Kafka's storage cannot be made:\n${made.stdout}${made.stderr}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** This process ends without having stopped the broker. */
  private readonly abandon = (): void => {
    this.process?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  };

  private tail(): string {
    return readFileSync(join(this.folder, 'broker.log'), 'utf8').split('\n').slice(-30).join('\n');
  }
}

const logging = [
  `-Dlog4j2.configurationFile=${join(HERE, 'log4j2.properties')}`,
  `-Dlog4j.configuration=file:${join(HERE, 'log4j.properties')}`,
];

/** A broker opens its port to clients only once it is registered and ready for them. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const say = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => say(true));
    socket.once('error', () => say(false));
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A certificate that signs itself, for 127.0.0.1. */
function certificate(folder: string): { certificate: string } {
  const paths = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', paths.key, '-out', paths.certificate],
  ]);
  if (made.status !== 0) throw new Error(`openssl cannot make a certificate: ${made.stderr?.toString()}`);
  writeFileSync(
    join(folder, 'keystore.pem'),
    readFileSync(paths.key) + '\n' + readFileSync(paths.certificate),
  );
  return { certificate: paths.certificate };
}
