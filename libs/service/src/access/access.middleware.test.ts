import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessControl } from './access-control.js';
import { NotAdmittedError, accessMiddleware, principalOf } from './access.middleware.js';
import { OpenConnections } from './open-connections.js';
import { OriginRule } from './origin-rule.js';
import { newToken, tokenHash } from './token.js';
import { Tokens } from './tokens.js';

const OWN = 'https://hark.example';
const { id, text } = newToken();

describe('accessMiddleware', () => {
  let server: Server;
  let release: () => void = () => undefined;
  beforeAll(async () => {
    const hash = tokenHash(text).toString('hex');
    const entry = { id, name: id, hash, users: ['a'], created: null, expires: null };
    const access = new AccessControl(
      new Tokens({ given: [{ ...entry, roles: ['subscribe'] }], file: null, now: Date.now }),
      new OriginRule({ loopback: true, allowed: [OWN] }),
      new OpenConnections({ perAddress: 9, perToken: 1 }),
    );
    const middleware = accessMiddleware(access);
    server = createServer((incoming, response) =>
      middleware(incoming, response, () => {
        const answer = (): void => void response.end(principalOf(incoming).token?.id ?? 'nobody');
        if (incoming.url === '/v1/events') {
          response.flushHeaders();
          release = answer;
        } else answer();
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const ask = (method: string, path: string, headers: Record<string, string> = {}, onHeaders?: () => void) =>
    new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>(
      (resolve, reject) => {
        const { port } = server.address() as AddressInfo;
        const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
          onHeaders?.();
          let body = '';
          response.on('data', (chunk) => (body += String(chunk)));
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
        });
        sent.on('error', reject).end();
      },
    );
  const token = { authorization: `Bearer ${text}` };

  it('tells who asks, and answers who may not with a problem', async () => {
    expect(await ask('GET', '/v1/models', token)).toMatchObject({ status: 200, body: id });
    expect(await ask('GET', '/health/live')).toMatchObject({ status: 200, body: 'nobody' });
    const refused = await ask('GET', '/v1/models');
    expect(refused).toMatchObject({
      status: 401,
      headers: {
        'content-type': 'application/problem+json; charset=utf-8',
        'www-authenticate': 'Bearer realm="hark"',
      },
    });
    expect(JSON.parse(refused.body)).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(() => principalOf({})).toThrow(NotAdmittedError);
  });

  it('answers the preflight of an allowed origin, and refuses that of another', async () => {
    const preflight = { origin: OWN, 'access-control-request-method': 'POST' };
    expect(await ask('OPTIONS', '/v1/models', preflight)).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': OWN, vary: 'origin' },
    });
    const foreign = await ask('OPTIONS', '/v1/models', { ...preflight, origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(foreign.headers['access-control-allow-origin']).toBe(undefined);
    expect(await ask('OPTIONS', '/v1/models')).toMatchObject({ status: 401 });
  });

  it('lets the page of an allowed origin read the answer, also a refusal', async () => {
    const allowed = { 'access-control-allow-origin': OWN };
    expect(await ask('GET', '/v1/models', { ...token, origin: OWN })).toMatchObject({ headers: allowed });
    expect(await ask('GET', '/v1/models', { origin: OWN })).toMatchObject({ status: 401, headers: allowed });
  });

  it('counts requests under way of a token', async () => {
    let second: ReturnType<typeof ask> | undefined;
    await ask('GET', '/v1/events', token, () => {
      second = ask('GET', '/v1/models', token);
      void second.then(() => release());
    });
    expect(await second).toMatchObject({ status: 429, headers: { 'retry-after': '10' } });
    expect(await ask('GET', '/v1/models', token)).toMatchObject({ status: 200 });
  });
});
