/** A URL that may be sent to. */
export interface PermittedUrl {
  readonly url: URL;
  /** Whether it may lie on this machine or in its network: its very origin is listed. */
  readonly mayBePrivate: boolean;
}

/** An entry of the list is neither a URL nor a host. */
export class WebhookTargetError extends Error {
  readonly code = 'webhook_target';
  constructor(readonly entry: string) {
    super('expected URLs or hosts such as https://hooks.example/hark/ or *.hooks.example');
  }
}

const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/;

/**
 * Where alerts may be sent. An entry is a URL, which permits every URL below its path, also where its origin is a
 * private address; or a host, `hooks.example` or `*.hooks.example`, which permits https on its usual port there.
 */
export class WebhookAllowList {
  private readonly prefixes: URL[] = [];
  private readonly hosts: string[] = [];

  /** @throws WebhookTargetError */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const url = webhookUrl(entry);
      if (url !== null) this.prefixes.push(url);
      else if (HOST.test(entry.toLowerCase())) this.hosts.push(entry.toLowerCase());
      else throw new WebhookTargetError(entry);
    }
  }

  /** Null = may not be sent to. */
  permit(text: string): PermittedUrl | null {
    const url = webhookUrl(text);
    if (url === null) return null;
    if (this.prefixes.some((prefix) => isBelow(url, prefix))) return { url, mayBePrivate: true };
    if (url.protocol !== 'https:' || url.port !== '') return null;
    return this.hosts.some((host) => isOf(url.hostname, host)) ? { url, mayBePrivate: false } : null;
  }
}

/** An http or https URL without a user, a password or a fragment, else null. */
export function webhookUrl(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.hash === '' ? url : null;
}

/** Paths are compared by whole segments. */
function isBelow(url: URL, prefix: URL): boolean {
  if (url.origin !== prefix.origin) return false;
  const path = prefix.pathname.replace(/\/$/, '');
  if (url.pathname !== path && !url.pathname.startsWith(`${path}/`)) return false;
  return prefix.search === '' || url.search === prefix.search;
}

function isOf(hostname: string, host: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
}
