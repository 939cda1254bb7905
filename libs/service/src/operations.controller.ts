import { Controller, Get, Header, HttpCode, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Registry } from 'prom-client';
import { Health } from './health.js';

/** Name and start of the process, for `/v1/status`. */
export class AppIdentity {
  constructor(
    readonly app: string,
    readonly version: string,
    readonly startedAt: string,
  ) {}
}

/** What every app answers to an operator. */
@Controller()
export class OperationsController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Registry) private readonly metrics: Registry,
    @Inject(AppIdentity) private readonly identity: AppIdentity,
  ) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('health/ready')
  @HttpCode(200)
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: string; missing?: Record<string, string> }> {
    const missing = await this.health.notReady();
    if (Object.keys(missing).length === 0) return { status: 'ready' };
    response.status(503);
    return { status: 'not ready', missing };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async scrape(): Promise<string> {
    return this.metrics.metrics();
  }

  @Get('v1/status')
  async status(): Promise<Record<string, unknown>> {
    const { app, version, startedAt } = this.identity;
    return {
      app,
      version,
      pid: process.pid,
      startedAt,
      ready: Object.keys(await this.health.notReady()).length === 0,
      ...(await this.health.status()),
    };
  }
}
