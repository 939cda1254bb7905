import { Principal } from '@hark/service';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IngestDoor, localUrl } from './ingest-door.js';

const heard: (string | undefined)[] = [];
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.statusCode = request.url === '/v1/clients' ? 200 : 403;
    response.end('{"clients":[{"app":"phyphox"}],"warnings":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = localUrl({ host: '0.0.0.0', port: (server.address() as AddressInfo).port });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const token = Principal.of({
  ...{ id: 'a', name: 'a', hash: '', created: null, expires: null },
  ...{ roles: ['ingest'], users: ['*'] },
});

describe('what the page shows of ingest', () => {
  it('is what ingest answers to the token of whoever asks', async () => {
    const door = new IngestDoor(() => url);
    expect(await door.clients(token, 'Bearer x')).toEqual({ clients: [{ app: 'phyphox' }], warnings: [] });
    await door.clients(Principal.local, 'Bearer not-asked-for');
    expect(heard.splice(0)).toEqual(['Bearer x', undefined]);
  });

  it('is nothing where ingest refuses, is away or has never been there', async () => {
    expect(await new IngestDoor(() => url).connections(token, 'Bearer x')).toEqual({ connections: [] });
    expect(await new IngestDoor(() => 'http://127.0.0.1:9').connections(token, 'x')).toEqual({
      connections: [],
    });
    const { warnings } = await new IngestDoor(() => null).clients(token, undefined);
    expect(warnings).toEqual(['The ingest app is not there: devices have nowhere to send to.']);
  });
});
