import { ROUTES } from '@hark/service';
import { changeTokenFile, newToken, tokenHash, type Role } from '@hark/service/access';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { APPS, Service, type App } from '../harness.js';

const SOCKETS: readonly (readonly [App, string])[] = [
  ['ingest', '/v1/samples'],
  ['gateway', '/v1/live'],
];
/** Digits that stand in no log by chance. */
const AXES = ['8.1353454589', '-5.9581909179', '0.6880645751'] as const;
const [X, Y, Z] = AXES;
const REVOKED_MS = 5000;

describe('the built apps with tokens', () => {
  let folder: string;
  let log: number;
  let service: Service;
  const texts: string[] = [];

  function token(
    role: Role,
    users: readonly string[],
  ): { readonly text: string; readonly revoke: () => void } {
    const { id, text } = newToken();
    const file = join(service.data, 'tokens.json');
    const hash = tokenHash(text).toString('hex');
    const entry = { id, name: id, hash, roles: [role], users: [...users], created: null, expires: null };
    changeTokenFile(file, (entries) => [...entries, entry]);
    texts.push(text);
    return { text, revoke: () => changeTokenFile(file, (all) => all.filter((each) => each.id !== id)) };
  }

  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  /** Resolves once the apps have noticed the token. */
  const noticed = (app: App, path: string, text: string) =>
    expect.poll(async () => (await fetch(service.url(app, path), { headers: bearer(text) })).status, {
      timeout: 20_000,
    });
  const socketTo = (app: App, path: string, headers: Record<string, string> = {}) =>
    new WebSocket(service.url(app, path).replace('http', 'ws'), { headers });
  const refusalOf = (socket: WebSocket) =>
    new Promise<number>((resolve) => {
      socket.on('error', () => undefined);
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hark-e2e-log-'));
    log = openSync(join(folder, 'log'), 'a');
    service = new Service({ HARK_LOG_LEVEL: 'info', HARK_REQUEST_TIMEOUT_MS: '1000' }, log);
    token('operate', ['*']);
    await service.startAll();
  }, 60_000);
  afterAll(async () => {
    await service?.stop();
    closeSync(log);
    rmSync(folder, { recursive: true });
  });

  it.each(APPS)(
    '%s answers 401 on every path, known or not, but those that hold nobody’s data',
    async (app) => {
      const routes = ROUTES.filter(({ method, path }) => method !== 'UPGRADE' && !path.includes('*'));
      for (const { method, path, needs } of [
        ...routes,
        { method: 'GET', path: '/nowhere', needs: 'operate' },
        { method: 'PUT', path: '/v1/models', needs: 'operate' },
      ]) {
        const url = service.url(app, path.replaceAll(/:[a-z]+/g, 'x1'));
        const { status } = await fetch(url, { method });
        const said = `${method} ${path}: ${status}`;
        if (needs !== 'nothing') expect(status, said).toBe(401);
        else expect([200, 400, 401, 404, 415, 503], said).toContain(status);
      }
    },
  );

  it.each(SOCKETS)('%s opens no socket at %s for who has no token, or shows a bad one', async (app, path) => {
    const bad = await refusalOf(socketTo(app, path, bearer(newToken().text)));
    expect(bad).toBe(401);
    const socket = socketTo(app, path);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const opened = await refusalOf(socket);
    if (app === 'ingest') return expect(opened).toBe(401);
    // A browser shows its token in the first message alone.
    socket.send('{"type":"subscribe","id":"s","payload":{"channel":"predictions"}}');
    expect(await closed).toBe(4401);
  });

  it.each(SOCKETS)('%s refuses the upgrade at %s to pages of other origins', async (app, path) => {
    const { text } = token('operate', ['*']);
    await noticed(app, '/v1/status', text).toBe(200);
    const from = (origin: string) => refusalOf(socketTo(app, path, { ...bearer(text), origin }));
    expect([await from('https://evil.example'), await from('null')]).toEqual([403, 403]);
  });

  it.each(SOCKETS)(
    '%s closes a socket at %s within 5 s of its token being revoked, also one that does not listen',
    async (app, path) => {
      const { text, revoke } = token(app === 'ingest' ? 'ingest' : 'subscribe', ['a']);
      const route = app === 'ingest' ? '/v1/connections' : '/v1/models';
      await noticed(app, route, text).toBe(200);
      const polite = socketTo(app, path, bearer(text));
      const goodbye = new Promise<number>((resolve) => polite.once('close', resolve));
      expect(await refusalOf(polite)).toBe(101);
      if (app === 'gateway') {
        polite.send('{"type":"connection_init"}');
        await new Promise((resolve) => polite.once('message', resolve));
      }
      const deaf = await deafSocket(app, path, text);
      const begun = performance.now();
      revoke();
      expect(await goodbye).toBe(4401);
      await deaf.cut;
      expect(performance.now() - begun).toBeLessThan(REVOKED_MS);
    },
    60_000,
  );

  it('ends server-sent events within 5 s of their token being revoked', async () => {
    const { text, revoke } = token('subscribe', ['a']);
    await noticed('gateway', '/v1/models', text).toBe(200);
    const ended = new Promise<number>((resolve, reject) => {
      const url = service.url('gateway', '/v1/events?channel=predictions');
      const asking = request(url, { headers: bearer(text) }, (response) => {
        const begun = performance.now();
        revoke();
        response.on('error', () => undefined).resume();
        response.once('close', () => resolve(performance.now() - begun));
      });
      asking.on('error', reject).end();
    });
    expect(await ended).toBeLessThan(REVOKED_MS);
  });

  it.each(APPS)('%s gives nobody longer than the time of a request', async (app) => {
    const { port } = new URL(service.url(app));
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n');
    let text = '';
    for await (const chunk of socket) text += (chunk as Buffer).toString('latin1');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('says in its log no token, no sample and no stack, whatever is sent', async () => {
    const { text } = token('operate', ['*']);
    for (const app of APPS) await noticed(app, '/v1/status', text).toBe(200);
    const row = `{"User":"a","Device":"d","Model":"m","Creation_Time":"1424686733090638193","x":${X},"y":${Y},"z":${Z}`;
    const bodies = [
      `${row},"gt":"walk"}`,
      `${row},"gt":"fly"}`,
      `${row},"gt":"walk"}`.replace('"User":"a"', '"User":""'),
      `${row},"gt":`,
      `{"user":"a","device":"d","sensor":"accelerometer","creationTime":["1"],"x":[${X}],"y":[${Y}],"z":["${Z}"]}`,
      `User,Device,x,y,z\na,d,${AXES.join()}\n`,
      `{"messageId":1,"sessionId":"s","deviceId":"p","payload":[{"name":"accelerometer","time":1,"values":{"x":${X},"y":${Y},"z":${Z}}}]}`,
      text,
    ];
    const statuses = new Set<number>();
    for (const app of APPS) {
      for (const path of [
        '/v1/samples?sensor=accelerometer',
        '/v1/sensor-logger',
        '/v1/labels',
        `/${text}`,
      ]) {
        for (const body of bodies) {
          for (const type of ['application/json', 'text/csv']) {
            const headers = { ...bearer(text), 'content-type': type };
            const { status } = await fetch(service.url(app, path), { method: 'POST', headers, body });
            statuses.add(status);
          }
        }
      }
      await fetch(service.url(app, `/v1/status?token=${text}`));
      await fetch(service.url(app, '/v1/status'), { headers: { authorization: `Basic ${text}` } });
    }
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 404]));
    const device = socketTo('ingest', '/v1/samples', bearer(text));
    const answered = new Promise((resolve) => device.once('message', resolve));
    await refusalOf(device);
    device.send(bodies[4]);
    await answered;
    device.terminate();

    const said = readFileSync(join(folder, 'log'), 'utf8');
    for (const app of APPS) expect(said).toContain(`${app} is listening`);
    for (const secret of [...texts, ...AXES]) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/"stack"|\n\s+at |\\n\s+at /);
  });

  /** A client that says the least it must and hears nothing; `cut` resolves when its connection is. */
  async function deafSocket(app: App, path: string, text: string): Promise<{ readonly cut: Promise<void> }> {
    const { port } = new URL(service.url(app));
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const cut = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const upgraded = new Promise((resolve) => socket.once('data', resolve));
    const head = [
      `GET ${path} HTTP/1.1`,
      'host: localhost',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      `authorization: Bearer ${text}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await upgraded;
    if (app === 'gateway') {
      const heard = new Promise((resolve) => socket.once('data', resolve));
      socket.write(masked('{"type":"connection_init"}'));
      await heard;
    }
    return { cut };
  }
});

/** A text as a client's frame (RFC 6455 section 5.2), with the mask that changes nothing. */
function masked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
