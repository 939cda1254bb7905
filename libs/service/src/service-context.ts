import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AccessControl } from './access/access-control.js';
import type { Health } from './health.js';

/** What every app has: a logger, health, metrics, and who is let in. */
export interface ServiceContext {
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Registry;
  readonly access: AccessControl;
}
