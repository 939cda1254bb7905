import type { SessionList, SessionView } from '@hark/contracts';
import { path, type CallOptions, type RestApi } from './rest-api.js';

export interface SessionQuery extends CallOptions {
  readonly user?: string;
  readonly device?: string;
  /** 1 to 1000; 100 unless told. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/** What each device recorded. */
export class SessionsApi {
  constructor(private readonly api: RestApi) {}

  /** A page, newest first. */
  list({ signal, user, device, limit, cursor }: SessionQuery = {}): Promise<SessionList> {
    const query = { user, device, limit, cursor };
    return this.api.json('/v1/sessions', { signal, query });
  }

  /** Every session, newest first, page after page. */
  async *all(query: Omit<SessionQuery, 'cursor'> = {}): AsyncGenerator<SessionView, void, undefined> {
    for (let cursor: string | undefined; ;) {
      const { sessions, next } = await this.list({ ...query, cursor });
      yield* sessions;
      if (next === undefined) return;
      cursor = next;
    }
  }

  /** @throws HarkProblemError 404 `unknown_session` */
  get(id: string, options?: CallOptions): Promise<SessionView> {
    return this.api.json(path`/v1/sessions/${id}`, options);
  }

  /** Its samples as they arrived, in HHAR's form: text in pieces of any length, as they come over the network. */
  async *samples(
    id: string,
    format: 'csv' | 'ndjson' = 'csv',
    options?: CallOptions,
  ): AsyncGenerator<string, void, undefined> {
    const call = { ...options, query: { format } };
    const response = await this.api.request(path`/v1/sessions/${id}/samples`, call);
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield decoder.decode(value as Uint8Array, { stream: true });
      }
    } finally {
      await reader.cancel();
    }
  }
}
