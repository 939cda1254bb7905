import type { Principal } from '@hark/service';

/** How phones are connected, as ingest says it; none while it is not there. */
export interface ClientsAnswer {
  readonly clients: readonly object[];
  readonly warnings: readonly string[];
}

/** What devices have tried to send, as ingest says it; none while it is not there. */
export interface ConnectionsAnswer {
  readonly connections: readonly object[];
}

const TIMEOUT_MS = 2000;

/**
 * What the page shows of ingest, asked there with the token of whoever asks here: a page may ask its own origin alone.
 * Ingest decides what a token may see.
 */
export class IngestDoor {
  /** @param url where ingest is now; null while it does not run. */
  constructor(private readonly url: () => string | null) {}

  async clients(caller: Principal, authorization: string | undefined): Promise<ClientsAnswer> {
    const answer = await this.ask<ClientsAnswer>('/v1/clients', caller, authorization);
    return (
      answer ?? { clients: [], warnings: ['The ingest app is not there: devices have nowhere to send to.'] }
    );
  }

  async connections(caller: Principal, authorization: string | undefined): Promise<ConnectionsAnswer> {
    return (
      (await this.ask<ConnectionsAnswer>('/v1/connections', caller, authorization)) ?? { connections: [] }
    );
  }

  private async ask<T>(
    path: string,
    caller: Principal,
    authorization: string | undefined,
  ): Promise<T | null> {
    const url = this.url();
    if (url === null) return null;
    const isKnown = caller.token !== null && authorization !== undefined;
    try {
      const response = await fetch(`${url}${path}`, {
        headers: isKnown ? { authorization } : {},
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return response.ok ? ((await response.json()) as T) : null;
    } catch {
      return null;
    }
  }
}

/** Where a process of this machine reaches an app that listens there. */
export function localUrl({ host, port }: { readonly host: string; readonly port: number }): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
