import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '@hark/contracts';
import { InterruptedError, WorkFailedError } from '../terminal/failures.js';
import { HttpConnections } from './http-exchange.js';

/** Nobody answers at an address. */
export class ServiceAwayError extends WorkFailedError {
  override readonly code = 'service_away';
  constructor(
    readonly url: string,
    readonly reason: string,
  ) {
    super(`${url} does not answer (${reason}): is the service running? \`npm start\` starts it`);
  }
}

/** The service has answered that it will not do it. */
export class RefusedError extends WorkFailedError {
  override readonly code = 'refused';
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
    what: string,
  ) {
    const hint = status === 401 ? ' (the command line shows the token in HARK_TOKEN)' : '';
    super(`${what}: ${status} ${problem.detail ?? problem.title ?? 'refused without a reason'}${hint}`);
  }
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Answers that say: not now. */
const LATER = new Set([429, 502, 503, 504, 507]);
const REQUEST_TIMEOUT_MS = 60_000;
const LONGEST_PAUSE_MS = 2000;

export interface ServiceClientOptions {
  /** Shown with every request; never printed. */
  readonly token?: string | undefined;
  /** How long to go on trying while the app is away or overloaded; 0, the default, = not at all. */
  readonly patienceMs?: number;
  readonly onAway?: (reason: string) => void;
}

/** Requests to one app of the service. */
export class ServiceClient {
  private lastAnswer = performance.now();

  private readonly patienceMs: number;
  private readonly credentials: Readonly<Record<string, string>>;
  private readonly connections = new HttpConnections();

  constructor(
    readonly url: string,
    private readonly signal: AbortSignal,
    private readonly options: ServiceClientOptions = {},
  ) {
    const { token, patienceMs = 0 } = options;
    this.patienceMs = patienceMs;
    this.credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** A JSON answer. @throws ServiceAwayError, RefusedError, InterruptedError */
  async json<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.request(path, options);
    const text = await response.text();
    if (!response.ok) throw new RefusedError(response.status, problemOf(text), `${this.url}${path}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  post<T>(path: string, body: unknown, method = 'POST'): Promise<T> {
    return this.json<T>(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Any answer but "not now". A request that was cut off is sent again: it must bear being taken twice. */
  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    this.lastAnswer = performance.now();
    for (let attempt = 0; ; attempt++) {
      if (this.signal.aborted) throw new InterruptedError();
      const { response, reason, pauseMs } = await this.attempt(path, options, attempt);
      if (response !== null) return response;
      if (performance.now() - this.lastAnswer + pauseMs > this.patienceMs) {
        throw new ServiceAwayError(this.url, reason);
      }
      if (attempt === 2) this.options.onAway?.(reason);
      await sleep(pauseMs, undefined, { signal: this.signal }).catch(() => undefined);
    }
  }

  private async attempt(
    path: string,
    { method = 'GET', headers: given = {}, body }: RequestOptions,
    attempt: number,
  ): Promise<{ response: Response | null; reason: string; pauseMs: number }> {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 50 * (1 << Math.min(attempt, 6)));
    const headers = { ...this.credentials, ...given };
    try {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
      const response = await this.connections.exchange(`${this.url}${path}`, {
        method,
        headers,
        body,
        signal,
      });
      if (!LATER.has(response.status) || this.patienceMs === 0) return { response, reason: '', pauseMs };
      const after = Number(response.headers.get('retry-after') ?? NaN);
      await response.arrayBuffer();
      return {
        response: null,
        reason: `it answers ${response.status}`,
        pauseMs: after >= 0 ? Math.min(5000, Math.max(pauseMs, after * 1000)) : pauseMs,
      };
    } catch (error) {
      if (this.signal.aborted) throw new InterruptedError();
      return { response: null, reason: reasonOf(error), pauseMs };
    }
  }
}

function problemOf(text: string): Partial<Problem> {
  try {
    return JSON.parse(text) as Partial<Problem>;
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

/** An aborted request has its reason as the cause, a failed one a code. */
function reasonOf(error: unknown): string {
  const { cause, code, message } = error as Error & { cause?: Error; code?: string };
  return cause?.message ?? code ?? message;
}
