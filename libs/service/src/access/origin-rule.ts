import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './refusal.js';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** Whether only this machine can reach a service that listens there. */
export function isLoopback(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address.replace(/^::ffff:/, ''));
}

export interface OriginRuleOptions {
  /** The service listens on loopback. */
  readonly loopback: boolean;
  /** Origins of pages that may ask, besides the service's own; `https://host[:port]`. */
  readonly allowed: readonly string[];
}

/**
 * Which pages may ask, and under which names. A browser says the page's origin itself; whoever is no browser says none
 * and is let through here.
 */
export class OriginRule {
  private readonly allowed: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;

  constructor(private readonly options: OriginRuleOptions) {
    this.allowed = new Set(options.allowed);
    this.hosts = new Set(options.allowed.map((origin) => new URL(origin).host));
  }

  /**
   * On loopback the host asked for must be a loopback name or that of an allowed origin: a name that a stranger's DNS
   * points here would make the stranger's page one of the service's own.
   */
  refusal({ host, origin }: IncomingHttpHeaders): Refusal | null {
    if (this.options.loopback && !this.isKnown(host)) {
      return Refusal.origin('this service answers to loopback names only, e.g. localhost');
    }
    return origin === undefined || this.isOwn(origin, host) || this.allowed.has(origin)
      ? null
      : Refusal.origin('pages of other origins are not served');
  }

  /** Whether a page of another origin asks that may: its browser wants to be told so. */
  isAllowed(origin: string | undefined): origin is string {
    return origin !== undefined && this.allowed.has(origin);
  }

  private isKnown(host: string | undefined): boolean {
    return host !== undefined && (LOOPBACK_HOST.test(host) || this.hosts.has(host.toLowerCase()));
  }

  /** Beyond loopback, TLS may end in front of the service. */
  private isOwn(origin: string, host: string | undefined): boolean {
    if (host === undefined) return false;
    if (origin === `http://${host}`) return true;
    return !LOOPBACK_HOST.test(host) && origin === `https://${host}`;
  }
}
