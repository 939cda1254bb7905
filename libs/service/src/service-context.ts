import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Health } from './health.js';

/** What every app has: a logger, health and metrics. */
export interface ServiceContext {
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Registry;
}
