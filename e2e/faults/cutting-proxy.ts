import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a connection lets through each way before it is cut, and how long it holds each piece back. */
interface Fate {
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly delayMs: number;
}

/**
 * In turn: cut in the middle of a request, before the answer to one, and in the middle of an answer; slow, and cut in the middle
 * of a request; slow, and cut only when some requests have been answered.
 */
const FATES: readonly Fate[] = [
  { requestBytes: 20_000, answerBytes: Infinity, delayMs: 0 },
  { requestBytes: Infinity, answerBytes: 0, delayMs: 0 },
  { requestBytes: Infinity, answerBytes: 90, delayMs: 0 },
  { requestBytes: 200_000, answerBytes: Infinity, delayMs: 5 },
  { requestBytes: Infinity, answerBytes: 1500, delayMs: 1 },
];

/** A bad line in front of an app: every connection is cut sooner or later, some are slow. */
export class CuttingProxy {
  cuts = 0;
  private connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(target: string): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, new URL(target));
    server.on('connection', (client) => proxy.join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const fate = FATES[this.connections++ % FATES.length];
    const app = connect(Number(this.target.port), this.target.hostname);
    const end = () => {
      client.destroy();
      app.destroy();
    };
    for (const socket of [client, app]) {
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    const cut = () => {
      if (!client.destroyed) this.cuts++;
      end();
    };
    void pass(client, app, fate.requestBytes, fate.delayMs).then(cut, end);
    void pass(app, client, fate.answerBytes, fate.delayMs).then(cut, end);
  }
}

/** Resolves once so many bytes have gone through and more has come, which is lost; for ever open where none comes. */
async function pass(from: Socket, to: Socket, bytes: number, delayMs: number): Promise<void> {
  let left = bytes;
  for await (const data of from) {
    const piece = data as Buffer;
    if (delayMs > 0) await sleep(delayMs);
    if (!to.destroyed) to.write(piece.subarray(0, Math.min(left, piece.length)));
    left -= piece.length;
    if (left < 0) return;
  }
  throw new Error('closed by its end');
}
