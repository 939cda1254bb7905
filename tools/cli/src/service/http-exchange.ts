import http from 'node:http';
import https from 'node:https';

export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal: AbortSignal;
}

/**
 * One request and its whole answer, over connections that are kept open. In place of `fetch`, which copies a body
 * several times over and costs as much as reading the rows that it holds.
 */
export class HttpConnections {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  /** Rejects as `node:http` does when nobody answers, and when `signal` is aborted. The body must not change meanwhile. */
  exchange(url: string, { method, headers, body, signal }: HttpRequest): Promise<Response> {
    const secure = url.startsWith('https:');
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      method,
      headers: { ...headers, ...length },
      agent: this.agents[secure ? 'https:' : 'http:'],
      signal,
    };
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(responseOf(response, Buffer.concat(chunks))));
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** Answers of these never have a body. */
const NO_BODY = new Set([204, 205, 304]);

function responseOf({ statusCode = 500, headers }: http.IncomingMessage, body: Buffer): Response {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(NO_BODY.has(statusCode) ? null : new Uint8Array(body), {
    status: statusCode,
    headers: entries,
  });
}
