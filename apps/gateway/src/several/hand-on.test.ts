import { ProblemError } from '@hark/service';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { handOn, type HandOnOptions } from './hand-on.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A gateway that is asked; `next` says what it answers by itself. */
async function gateway(options: Partial<HandOnOptions>): Promise<string> {
  const take = handOn({
    ...{ own: () => null, holder: async () => null, away: () => null, heard: async () => undefined },
    ...options,
  });
  return listening((request, response) => {
    void take(request, response, (error) => {
      const problem = error instanceof ProblemError ? error.problem : null;
      response.statusCode = problem?.status ?? 200;
      response.end(JSON.stringify(problem ?? { answered: 'here' }));
    });
  });
}

async function post(address: string, headers: Record<string, string> = {}, path = '/v1/labels?x=1') {
  const response = await fetch(`http://${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"activity":"walk"}',
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as object };
}

describe('a gateway that does not write', () => {
  it('hands a request on as it came, and the answer back', async () => {
    const heard: { request: IncomingMessage; body: string }[] = [];
    const writer = await listening((request, response) => {
      void text(request).then((body) => {
        heard.push({ request, body });
        response.writeHead(422, { 'content-type': 'application/problem+json', 'retry-after': '7' });
        response.end('{"code":"idempotency_key_reused"}');
      });
    });
    const address = await gateway({ holder: async () => ({ owner: 'w1', address: writer }) });
    const { status, headers, body } = await post(address, {
      ...{ authorization: 'Bearer t', 'idempotency-key': 'k', origin: 'https://page.example' },
    });
    expect([status, body]).toEqual([422, { code: 'idempotency_key_reused' }]);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('retry-after')).toBe('7');
    const [{ request, body: sent }] = heard;
    expect([request.method, request.url, sent]).toEqual(['POST', '/v1/labels?x=1', '{"activity":"walk"}']);
    expect(request.headers).toMatchObject({
      ...{ host: writer, authorization: 'Bearer t', 'idempotency-key': 'k', 'hark-holder': 'w1' },
      'content-type': 'application/json',
    });
    expect(request.headers.origin).toBe(undefined);
  });

  it('hands a request without a body on without one', async () => {
    let heard: IncomingMessage['headers'] = {};
    const writer = await listening((request, response) => {
      heard = request.headers;
      response.end('{}');
    });
    const address = await gateway({ holder: async () => ({ owner: 'w1', address: writer }) });
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    socket.write('POST /v1/models/1/promote HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
    expect([heard['content-length'], heard['transfer-encoding']]).toEqual(['0', undefined]);
  });

  it('answers a change when it shows here too', async () => {
    const done: string[] = [];
    const writer = await listening((request, response) => {
      request.resume();
      done.push(`done ${request.method}`);
      response.end('{}');
    });
    const heard = async () => void done.push('heard');
    const address = await gateway({ heard, holder: async () => ({ owner: 'w1', address: writer }) });
    await post(address);
    expect(done).toEqual(['done POST', 'heard']);
    expect((await fetch(`http://${address}/v1/replays`)).status).toBe(200);
    expect(done).toEqual(['done POST', 'heard', 'done GET']);
  });

  it('answers what every gateway can by itself', async () => {
    const address = await gateway({ holder: async () => ({ owner: 'w1', address: '127.0.0.1:9' }) });
    const response = await fetch(`http://${address}/v1/models`);
    expect(await response.json()).toEqual({ answered: 'here' });
  });

  it('says that nobody writes where the one that did is gone, has said no address or never was', async () => {
    const gone = await gateway({ holder: async () => ({ owner: 'w1', address: '127.0.0.1:9' }) });
    const silent = await gateway({ holder: async () => ({ owner: 'w1', address: null }) });
    for (const address of [gone, silent, await gateway({})])
      expect(await post(address)).toMatchObject({ status: 503, body: { code: 'writer_away' } });
  });

  it('says that a request may stand where the one that writes goes while it has it', async () => {
    const writer = await listening((request) => request.socket.destroy());
    const address = await gateway({ holder: async () => ({ owner: 'w1', address: writer }) });
    expect(await post(address)).toMatchObject({ status: 503, body: { code: 'writer_cut_off' } });
  });

  it('says that Kafka is away without asking it who writes', async () => {
    const address = await gateway({ away: () => 'no broker', holder: () => new Promise(() => undefined) });
    expect(await post(address)).toMatchObject({ status: 503, body: { code: 'log_away' } });
  });

  it('hands nothing on that was handed on to it', async () => {
    const other = await gateway({});
    const address = await gateway({ holder: async () => ({ owner: 'w1', address: other }) });
    expect(await post(address)).toMatchObject({ status: 503, body: { code: 'writer_away' } });
  });
});

describe('the gateway that writes', () => {
  it('answers by itself, also what was handed on to it as it is', async () => {
    const address = await gateway({ own: () => 'w1' });
    expect(await post(address)).toMatchObject({ status: 200, body: { answered: 'here' } });
    expect(await post(address, { 'hark-holder': 'w1' })).toMatchObject({ body: { answered: 'here' } });
  });

  it('refuses what was handed on to one before it', async () => {
    const address = await gateway({ own: () => 'w2' });
    expect(await post(address, { 'hark-holder': 'w1' })).toMatchObject({ body: { code: 'writer_away' } });
  });
});
