import 'reflect-metadata';
import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { Health } from './health.js';
import { loopbackOnly } from './loopback-only.js';
import { NestLogger } from './nest-logger.js';
import { AppIdentity, OperationsController } from './operations.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { removeRunFile, writeRunFile } from './run-file.js';
import type { ServiceContext } from './service-context.js';
import { requireLoopback, type CommonSettings } from './settings.js';

export interface ServeOptions {
  readonly app: string;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** End when standard input ends: whoever started the app has died. */
  readonly supervised: boolean;
}

/** What an app's settings say of how it is served. */
export function serveOptions(app: string, port: number, settings: CommonSettings): ServeOptions {
  return {
    app,
    port,
    dataFolder: settings.HARK_DATA,
    host: settings.HARK_HOST,
    logLevel: settings.HARK_LOG_LEVEL,
    supervised: settings.HARK_SUPERVISED === '1',
  };
}

/** Of all apps: they are released together. */
const VERSION = '0.1.0';
const STOP_LIMIT_MS = 4500;

/**
 * Runs an app until SIGTERM or SIGINT: builds it, binds its port, writes its run file. `build` opens what the app
 * needs and returns its Nest module; `run` begins once the port is bound; `stop` ends that work and closes what
 * `build` opened.
 */
export async function serve(
  options: ServeOptions,
  build: (context: ServiceContext) => Promise<{
    readonly module: DynamicModule | Type;
    readonly configure?: (app: NestExpressApplication) => void;
    /** Work that runs beside the requests. A rejection ends the process with exit code 1. */
    readonly run?: () => Promise<void>;
    readonly stop: () => Promise<void>;
  }>,
): Promise<void> {
  requireLoopback(options.host);
  const logger = pino(
    { level: options.logLevel, base: { app: options.app } },
    pino.destination({ fd: 2, sync: true }),
  );
  const health = new Health();
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const context = { logger, health, metrics };

  const parts = await build(context);
  const identity = new AppIdentity(options.app, VERSION, new Date().toISOString());
  const app = await NestFactory.create<NestExpressApplication>(rootModule(parts.module, context, identity), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.use(loopbackOnly);
  app.useGlobalFilters(new ProblemFilter(logger));
  parts.configure?.(app);
  await app.listen(options.port, options.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  writeRunFile(options.dataFolder, options.app, { pid: process.pid, port, host: options.host });
  logger.info({ port, host: options.host, data: options.dataFolder }, `${options.app} is listening`);

  let stopping = false;
  const stop = async (code: number, reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error('stopping took too long');
      process.exit(1);
    }, STOP_LIMIT_MS).unref();
    try {
      await closeServer(app);
      await parts.stop();
      removeRunFile(options.dataFolder, options.app);
      logger.info('stopped');
      process.exit(code);
    } catch (error) {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  };
  process.on('SIGTERM', () => void stop(0, 'SIGTERM'));
  process.on('SIGINT', () => void stop(0, 'SIGINT'));
  if (options.supervised) {
    process.stdin.on('end', () => void stop(0, 'the supervisor has gone'));
    process.stdin.on('error', () => void stop(0, 'the supervisor has gone'));
    process.stdin.resume();
  }
  parts.run?.().catch((error: unknown) => {
    logger.fatal({ err: error }, 'the app cannot go on');
    void stop(1, 'failure');
  });
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

function rootModule(
  module: DynamicModule | Type,
  context: ServiceContext,
  identity: AppIdentity,
): DynamicModule {
  class RootModule {}
  Module({})(RootModule);
  return {
    module: RootModule,
    imports: [module],
    controllers: [OperationsController],
    providers: [
      { provide: Health, useValue: context.health },
      { provide: Registry, useValue: context.metrics },
      { provide: AppIdentity, useValue: identity },
    ],
  };
}
