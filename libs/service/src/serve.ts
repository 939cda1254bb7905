import 'reflect-metadata';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { abortableSleep } from './abortable-sleep.js';
import { accessMiddleware } from './access/access.middleware.js';
import { watchAccess } from './access/access-watch.js';
import { openAccess } from './access/open-access.js';
import { readErasureMarker } from './erasure-marker.js';
import { Health } from './health.js';
import { letHeapGrow } from './heap-growth.js';
import { requireKnownMethod } from './known-method.js';
import { requireListenable } from './listenable.js';
import { kafkaOptions } from './kafka-settings.js';
import { loggedError } from './logged-error.js';
import { limitServer } from './server-limits.js';
import { NestLogger } from './nest-logger.js';
import { AppIdentity } from './operations.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { rootModule } from './root-module.js';
import { removeRunFile, writeRunFile } from './run-file.js';
import type { ServiceContext } from './service-context.js';
import type { CommonSettings } from './settings.js';
import { startError } from './stored-state-error.js';

export interface ServeOptions {
  readonly app: string;
  readonly port: number;
  readonly settings: CommonSettings;
}

/** What an app's settings say of how it is served. */
export function serveOptions(app: string, port: number, settings: CommonSettings): ServeOptions {
  return { app, port, settings };
}

/** Of all apps: they are released together. */
const VERSION = '0.1.0';
const STOP_LIMIT_MS = 4500;
/** The app that erases users. */
const ERASER = 'gateway';
/** How often it is looked whether a user is being erased. */
const LOOK_MS = 200;
/** How often the delay of the event loop is sampled; prom-client's own 10 ms takes a hundredth of a core at rest. */
const LAG_SAMPLED_MS = 100;

/** What an app is made of. */
interface AppParts {
  readonly module: DynamicModule | Type;
  readonly configure?: (app: NestExpressApplication) => void;
  /** Work that runs beside the requests. A rejection ends the process with exit code 1. */
  readonly run?: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** An app that serves. */
interface Serving {
  readonly port: number;
  /** Whether a user was being erased when it was built. */
  readonly erasing: boolean;
  /** Closes the server, ends the work and removes the run file. */
  end(): Promise<void>;
}

/**
 * Runs an app until SIGTERM or SIGINT: builds it, binds its port, writes its run file. `build` opens what the app
 * needs and returns its Nest module; `run` begins once the port is bound; `stop` ends that work and closes what
 * `build` opened.
 *
 * While a user is being erased the log belongs to the gateway alone: every app is ended when that begins, and built
 * again, in the same process and at the same port, when it is over. The gateway is built for the time between too.
 */
export async function serve(
  options: ServeOptions,
  build: (context: ServiceContext) => Promise<AppParts>,
): Promise<void> {
  const { settings } = options;
  const { HARK_DATA: dataFolder, HARK_HOST: host } = settings;
  const access = openAccess(settings, Date.now);
  const logger = pino(
    { level: settings.HARK_LOG_LEVEL, base: { app: options.app }, serializers: { err: loggedError } },
    pino.destination({ fd: 2, sync: true }),
  );
  const startedAt = new Date().toISOString();
  const ending = new AbortController();
  const isErasing = (): boolean => readErasureMarker(dataFolder) !== null;

  const begin = async (asked: number): Promise<Serving> => {
    const erasing = isErasing();
    const health = new Health();
    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: LAG_SAMPLED_MS });
    let parts: AppParts;
    try {
      parts = await build({ logger, health, metrics, access });
    } catch (error) {
      throw startError(
        error,
        kafkaOptions(settings) === null ? join(dataFolder, 'log', options.app) : 'Kafka',
      );
    }
    const identity = new AppIdentity(options.app, VERSION, startedAt);
    const app = await NestFactory.create<NestExpressApplication>(
      rootModule(parts.module, { health, metrics, identity }),
      {
        bodyParser: false,
        logger: new NestLogger(logger),
        abortOnError: false,
      },
    );
    app.disable('x-powered-by');
    app.use(accessMiddleware(access));
    app.use(requireKnownMethod);
    app.useGlobalFilters(new ProblemFilter(logger));
    parts.configure?.(app);
    const server = app.getHttpServer() as Server;
    limitServer(server, settings);
    await app.listen(asked, host);
    // Not before: what a start leaves behind would be held for as long as the app rests.
    letHeapGrow();
    const { port } = server.address() as AddressInfo;
    writeRunFile(dataFolder, options.app, { pid: process.pid, port, host });
    logger.info({ port, host, data: dataFolder, tokens: access.required }, `${options.app} is listening`);
    parts.run?.().catch((error: unknown) => {
      logger.fatal({ err: error }, 'the app cannot go on');
      void stop(1, 'failure');
    });
    return {
      port,
      erasing,
      end: async () => {
        await closeServer(app);
        await parts.stop();
        removeRunFile(dataFolder, options.app);
      },
    };
  };

  const mayBegin = async (): Promise<void> => {
    if (options.app === ERASER) return;
    if (isErasing()) logger.warn('a user is being erased: waiting until that is done, by the gateway');
    // Nothing else keeps the process alive meanwhile.
    while (isErasing() && !ending.signal.aborted) await sleep(LOOK_MS);
  };

  const stop = async (code: number, reason: string): Promise<void> => {
    if (ending.signal.aborted) return;
    ending.abort();
    logger.info({ reason }, 'stopping');
    unwatch();
    setTimeout(() => {
      logger.error('stopping took too long');
      process.exit(1);
    }, STOP_LIMIT_MS).unref();
    try {
      await (await serving)?.end();
      logger.info('stopped');
      process.exit(code);
    } catch (error) {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  };

  await requireListenable(options.app, options.port, host);
  await mayBegin();
  const first = await begin(options.port);
  let serving: Promise<Serving | null> = Promise.resolve(first);
  const unwatch = watchAccess(access, logger);
  void followErasures();

  process.on('SIGTERM', () => void stop(0, 'SIGTERM'));
  process.on('SIGINT', () => void stop(0, 'SIGINT'));
  if (settings.HARK_SUPERVISED === '1') {
    // Whoever started the app has died when standard input ends.
    process.stdin.on('end', () => void stop(0, 'the supervisor has gone'));
    process.stdin.on('error', () => void stop(0, 'the supervisor has gone'));
    process.stdin.resume();
  }

  /** Ends the app and builds it again whenever the erasure of a user begins or is over. */
  async function followErasures(): Promise<void> {
    for (let current = first; ;) {
      await abortableSleep(LOOK_MS, ending.signal);
      if (ending.signal.aborted) return;
      if (current.erasing === isErasing()) continue;
      logger.info(
        current.erasing ? 'the user is erased: beginning again' : 'a user is to be erased: pausing',
      );
      const before = current;
      const again = (async () => {
        await before.end();
        await mayBegin();
        return ending.signal.aborted ? null : begin(before.port);
      })();
      serving = again.catch(() => null);
      try {
        const next = await again;
        if (next === null) return;
        current = next;
      } catch (error) {
        logger.fatal({ err: error }, 'the app cannot begin again');
        return void stop(1, 'failure');
      }
    }
  }
}

/** Ends the process with one line where settings are wrong, and with the error's message where a start failed. */
export function failStart(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function closeServer(app: INestApplication): Promise<void> {
  const server = app.getHttpServer() as { closeIdleConnections(): void; closeAllConnections(): void };
  const closed = app.close();
  server.closeIdleConnections();
  // Requests under way get a moment; sockets that stay open are cut.
  const cut = setTimeout(() => server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(cut);
}
