import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpConnections } from './http-exchange.js';

let server: Server;
let url: string;
let sockets: number;

beforeEach(async () => {
  sockets = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/none') return response.writeHead(204).end();
      if (request.url === '/never') return;
      response.writeHead(201, {
        'x-method': String(request.method),
        'x-length': request.headers['content-length'] ?? '',
      });
      response.end(Buffer.concat(chunks));
    });
  });
  server.on('connection', () => sockets++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;

describe('HttpConnections', () => {
  it('sends bytes as they are and gives the answer whole, over one connection', async () => {
    const connections = new HttpConnections();
    const body = Uint8Array.from({ length: 100_000 }, (_, i) => i);
    for (let turn = 0; turn < 3; turn++) {
      const answer = await connections.exchange(url, { method: 'POST', headers: {}, body, signal: never });
      expect([answer.status, answer.headers.get('x-method'), answer.headers.get('x-length')]).toEqual([
        201,
        'POST',
        '100000',
      ]);
      expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
    }
    expect(sockets).toBe(1);
  });

  it('takes an answer without a body', async () => {
    const answer = await new HttpConnections().exchange(`${url}/none`, {
      ...{ method: 'GET', headers: {}, signal: never },
    });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  it('rejects when it is told to stop, and when nobody is there', async () => {
    const stopping = new AbortController();
    const waiting = new HttpConnections().exchange(`${url}/never`, {
      ...{ method: 'GET', headers: {}, signal: stopping.signal },
    });
    stopping.abort(new Error('enough'));
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'enough' } });
    const nobody = new HttpConnections().exchange('http://127.0.0.1:1', {
      ...{ method: 'GET', headers: {}, signal: never },
    });
    await expect(nobody).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
