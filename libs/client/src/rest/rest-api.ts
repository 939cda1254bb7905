import type { Problem } from '@hark/contracts';
import type { Environment } from '../environment.js';
import { HarkProblemError, HarkUnreachableError } from '../errors.js';
import { Backoff } from '../live/backoff.js';
import { retryAfterMs } from './retry-after.js';

/** Tries of a call that may be repeated, the first included. */
const TRIES = 5;
/** No call waits longer than this for its next try, whatever the service asks for. */
const LONGEST_WAIT_MS = 30_000;

/** What any call may be given. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a call that changes something may be given. */
export interface ChangeOptions extends CallOptions {
  /**
   * 1 to 128 visible ASCII characters: a call repeated with the same key is done once. With a key, and only then, the
   * client itself repeats it where the service was busy or the answer was lost.
   */
  readonly idempotencyKey?: string;
}

export interface Call extends ChangeOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** Calls to the gateway. A GET, or what has an idempotency key, is tried again on 429, 503 and when nobody answers. */
export class RestApi {
  constructor(
    private readonly url: string,
    private readonly token: () => Promise<string | undefined>,
    private readonly environment: Environment,
  ) {}

  /** A JSON answer; undefined of 204. @throws HarkProblemError, HarkUnreachableError, the signal's reason */
  async json<T>(path: string, call: Call = {}): Promise<T> {
    const response = await this.request(path, call);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** As `json`, with the body as it comes: for answers that are long or not JSON. */
  async request(path: string, call: Call = {}): Promise<Response> {
    const { method = 'GET', signal, idempotencyKey } = call;
    const name = `${method} ${path}`;
    const backoff = new Backoff(() => this.environment.random());
    const mayRepeat = method === 'GET' || idempotencyKey !== undefined;
    for (;;) {
      const lastTry = !mayRepeat || backoff.tries === TRIES - 1;
      let waitMs = backoff.next();
      try {
        const response = await this.attempt(path, call);
        if (response.ok) return response;
        const isBusy = response.status === 429 || response.status === 503;
        if (!isBusy || lastTry) throw new HarkProblemError(await problemOf(response), name);
        waitMs = Math.max(waitMs, retryAfterMs(response.headers.get('retry-after'), this.environment.now()));
        await response.body?.cancel();
      } catch (error) {
        if (signal?.aborted === true || error instanceof HarkProblemError) throw error;
        if (lastTry) throw new HarkUnreachableError(name, error);
      }
      await this.sleep(Math.min(waitMs, LONGEST_WAIT_MS), signal);
    }
  }

  private async attempt(path: string, call: Call): Promise<Response> {
    const { method = 'GET', query = {}, body, idempotencyKey, signal } = call;
    const token = await this.token();
    const headers: Record<string, string> = {};
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    const url = `${this.url}${path}${parameters.size > 0 ? `?${parameters}` : ''}`;
    return this.environment.fetch(url, {
      method,
      headers,
      signal: signal ?? null,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  private sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.environment.after(ms, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }
}

/** A path with its parameters in place: `path`/v1/models/${v}``. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));
}

/** What stands between the client and the service may answer too, and not with a problem. */
async function problemOf(response: Response): Promise<Problem> {
  const { status, statusText } = response;
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.code === 'string') return problem;
  } catch {
    // Not JSON: below.
  }
  const detail = text.slice(0, 200) || statusText;
  return { type: 'about:blank', title: statusText, status, code: 'no_problem_details', detail };
}
