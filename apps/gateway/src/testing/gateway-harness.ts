import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  AppIdentity,
  Health,
  ProblemFilter,
  accessMiddleware,
  requireKnownMethod,
  rootModule,
} from '@hark/service';
import { MemoryArtifactStore } from '@hark/streaming';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { WebSocket } from 'ws';
import { createGateway, type GatewayOptions } from '../gateway.js';
import { configureGateway } from '../gateway.module.js';
import { PageBundle } from '../http/page-bundle.js';
import { meanFeatures } from './mean-features.js';

const SMALL_PAGE = new PageBundle([
  ['index.html', Buffer.from('<!doctype html>')],
  ['assets/index.js', Buffer.from('export {};')],
]);

/** A log, its learner's writer and a gateway on a free port, as the app runs it. */
export async function startGateway(options: Partial<GatewayOptions> & Pick<GatewayOptions, 'log' | 'clock'>) {
  const gateway = createGateway({
    artifacts: new MemoryArtifactStore(),
    sleep: () => Promise.resolve(),
    replayModel: { windows: {}, features: () => meanFeatures },
    page: SMALL_PAGE,
    ...options,
    writer: options.writer ?? (await options.log.writer('gateway')),
  });
  await gateway.recover();
  const app = await NestFactory.create<NestExpressApplication>(rootModule(gateway.module, operations()), {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const unforeseen: string[] = [];
  app.useGlobalFilters(
    new ProblemFilter(pino({ level: 'error' }, { write: (line) => unforeseen.push(line) })),
  );
  app.use(accessMiddleware(gateway.access));
  app.use(requireKnownMethod);
  configureGateway(app);
  await app.listen(0, '127.0.0.1');
  const running = gateway.run();
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    gateway,
    /** Log lines of errors that nobody foresaw. */
    unforeseen,
    /** Every route there is, as `GET /path`. */
    routes: () => routesOf(app),
    url: `http://127.0.0.1:${port}`,
    live: `ws://127.0.0.1:${port}/v1/live`,
    close: async () => {
      await gateway.stop();
      await running;
      await app.close();
    },
  };
}

function operations(): Parameters<typeof rootModule>[1] {
  const identity = new AppIdentity('gateway', '0.0.0', new Date(0).toISOString());
  return { health: new Health(), metrics: new Registry(), identity };
}

function routesOf(app: NestExpressApplication): string[] {
  interface Layer {
    readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  }
  const { stack } = (app.getHttpAdapter().getInstance() as { router: { stack: readonly Layer[] } }).router;
  return stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
  );
}

/** Answer of a JSON request. */
export async function ask(
  url: string,
  method = 'GET',
  body?: unknown,
): Promise<{ status: number; type: string | null; body: Record<string, never> }> {
  const response = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, never>,
  };
}

/** A client of `/v1/live` that keeps what it hears. */
export class LiveClient {
  readonly heard: Record<string, unknown>[] = [];
  readonly closed: Promise<number>;
  private waiting: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.heard.push(JSON.parse((data as Buffer).toString('utf8')) as Record<string, unknown>);
      const waiting = this.waiting;
      this.waiting = [];
      for (const wake of waiting) wake();
    });
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
  }

  /** Connects without a word. */
  static async connect(url: string): Promise<LiveClient> {
    const socket = new WebSocket(url);
    const client = new LiveClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Connects and waits for the acknowledgement. */
  static async open(url: string): Promise<LiveClient> {
    const client = await LiveClient.connect(url);
    client.say({ type: 'connection_init' });
    await client.until((heard) => heard.some(({ type }) => type === 'connection_ack'));
    return client;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, payload: Record<string, unknown>): void {
    this.say({ type: 'subscribe', id, payload });
  }

  /** The `next` messages of one subscription. */
  next(id: string): { offset: number; epoch: string; payload: Record<string, unknown> }[] {
    return this.heard.filter((each) => each.type === 'next' && each.id === id) as never;
  }

  offsets(id: string): number[] {
    return this.next(id).map(({ offset }) => offset);
  }

  async until(condition: (heard: Record<string, unknown>[]) => boolean): Promise<void> {
    while (!condition(this.heard)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.socket.terminate();
  }
}
