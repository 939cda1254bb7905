import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loopbackOnly } from './loopback-only.js';

describe('loopbackOnly', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((incoming, response) =>
      loopbackOnly(incoming, response, () => response.end('let in')),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const ask = (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; type: string | undefined; body: string }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const sent = request({ port, host: '127.0.0.1', headers, method: 'POST' }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () =>
          resolve({ status: response.statusCode, type: response.headers['content-type'], body }),
        );
      });
      sent.on('error', reject).end('{}');
    });

  it.each(['localhost', 'LOCALHOST:3001', '127.0.0.1:3001', '127.1.2.3', '[::1]:3001'])(
    'lets in who asks for %s, and its own pages',
    async (host) => {
      expect(await ask({ host })).toMatchObject({ status: 200, body: 'let in' });
      expect(await ask({ host, origin: `http://${host}` })).toMatchObject({ status: 200 });
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example:3001',
    '127.0.0.1.evil.example',
    '0.0.0.0:3001',
    'user@localhost',
  ])('refuses who asks for %s with a problem', async (host) => {
    const answer = await ask({ host });
    expect(answer).toMatchObject({ status: 403, type: 'application/problem+json; charset=utf-8' });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it.each(['http://evil.example', 'http://127.0.0.1:3000', 'https://127.0.0.1:3001', 'null'])(
    'refuses a page of %s',
    async (origin) => {
      const answer = await ask({ host: '127.0.0.1:3001', origin });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'forbidden' });
    },
  );
});
