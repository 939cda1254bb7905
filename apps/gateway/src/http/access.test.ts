import { CLOSE_CODES, TOPICS, type Alert } from '@hark/contracts';
import { AccessControl, ROUTES, Tokens } from '@hark/service';
import { changeTokenFile, newToken, tokenHash, type Role } from '@hark/service/access';
import { MemoryLog, type LogWriter } from '@hark/streaming';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LiveClient, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { samplesRecord } from '../testing/sample-records.js';
import { storedPrediction } from '../testing/stored-predictions.js';

const T0 = 1_424_686_733_090_638_193n;

let folder: string;
let nowMs: number;
let file: string;
let log: MemoryLog;
let learner: LogWriter;
let access: AccessControl;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let clients: LiveClient[];

function token(roles: Role[], users: string[], expires: string | null = null): string {
  const { id, text } = newToken();
  const hash = tokenHash(text).toString('hex');
  const entry = { id, name: id, hash, roles, users, created: null, expires };
  changeTokenFile(file, (entries) => [...entries, entry]);
  access.refresh();
  return text;
}

function revoke(text: string): void {
  changeTokenFile(file, (entries) => entries.filter(({ id }) => id !== text.split('_')[1]));
  access.refresh();
}

beforeEach(async () => {
  nowMs = 0;
  folder = mkdtempSync(join(tmpdir(), 'hark-gateway-access-'));
  file = join(folder, 'tokens.json');
  access = new AccessControl(new Tokens({ given: [], file, required: true, now: () => nowMs }));
  log = new MemoryLog({ now: () => 1420, epoch: 'e1' });
  learner = await log.writer('learner');
  clients = [];
  gateway = await startGateway({ log, clock: new ManualClock(1_700_000_000_000), access });
});

afterEach(async () => {
  for (const client of clients) client.close();
  await gateway.close();
  rmSync(folder, { recursive: true });
  expect(gateway.unforeseen).toEqual([]);
});

async function append(topic: string, values: readonly unknown[]): Promise<void> {
  const records = values.map((value) => ({ key: '', value: Buffer.from(JSON.stringify(value)) }));
  await learner.commit({ appends: [{ topic, partition: 0, records }] });
}

async function ask(path: string, text: string, method = 'GET', body?: unknown) {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${text}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  return {
    status: response.status,
    body: (answer === '' ? {} : JSON.parse(answer)) as Record<string, never>,
  };
}

async function connect(): Promise<LiveClient> {
  const client = await LiveClient.connect(gateway.live);
  clients.push(client);
  return client;
}

async function open(text: string): Promise<LiveClient> {
  const client = await connect();
  client.say({ type: 'connection_init', payload: { token: text } });
  await client.until((heard) => heard.some(({ type }) => type === 'connection_ack'));
  return client;
}

/** Subscribes from the earliest message on and waits for so many. */
async function take(client: LiveClient, channel: string, count: number, fields = {}) {
  client.subscribe(channel, { channel, since: 'earliest', ...fields });
  await client.until(() => client.next(channel).length >= count);
  client.say({ type: 'ping' });
  await client.until((heard) => heard.some(({ type }) => type === 'pong'));
  return client.next(channel).map(({ payload }) => payload);
}

describe('the routes of the gateway', () => {
  it('are all in the table of what routes need', () => {
    const listed = new Set(ROUTES.map(({ method, path }) => `${method} ${path}`));
    const routes = gateway.routes();
    expect(routes).toContain('POST /v1/models/:version/rollback');
    expect(routes.filter((route) => !listed.has(route))).toEqual([]);
  });

  it('answer 401 without a token and with a bad one, and 403 without the role', async () => {
    const sender = token(['ingest'], ['*']);
    const subscriber = token(['subscribe'], ['*']);
    const operator = token(['operate'], ['*']);
    const answers = async (text: string) => [
      (await ask('/v1/models', text)).status,
      (await ask('/v1/models/9/rollback', text, 'POST')).status,
      (await ask('/v1/nowhere', text)).status,
      (await fetch(`${gateway.url}/`)).status,
    ];
    expect(await answers('')).toEqual([401, 401, 401, 200]);
    expect(await answers(newToken().text)).toEqual([401, 401, 401, 200]);
    expect(await answers(sender)).toEqual([403, 403, 403, 200]);
    expect(await answers(subscriber)).toEqual([200, 403, 403, 200]);
    expect(await answers(operator)).toEqual([200, 404, 404, 200]);
    revoke(subscriber);
    expect(await answers(subscriber)).toEqual([401, 401, 401, 200]);
  });
});

describe('sessions and replays of others', () => {
  it('are absent', async () => {
    const ingest = await log.writer('ingest');
    const records = ['a', 'b'].map((user) => ({ key: '', value: samplesRecord([{ ns: T0, user }]) }));
    await ingest.commit({ appends: [{ topic: TOPICS.samples, partition: 0, records }] });
    while (gateway.gateway.sessions.size < 2) await new Promise((resolve) => setImmediate(resolve));
    const [a, operator] = [token(['subscribe'], ['a']), token(['operate'], ['*'])];
    const list = async (text: string, query = '') =>
      (await ask(`/v1/sessions${query}`, text)).body.sessions as { id: string; user: string }[];
    const all = await list(operator);
    expect(all.map(({ user }) => user).sort()).toEqual(['a', 'b']);
    expect((await list(a)).map(({ user }) => user)).toEqual(['a']);
    expect(await list(a, '?user=b')).toEqual([]);
    const idOf = (user: string) => all.find((each) => each.user === user)?.id ?? '';
    const missing = { status: 404, body: { code: 'unknown_session' } };
    expect(await ask(`/v1/sessions/${idOf('a')}`, a)).toMatchObject({ status: 200 });
    expect(await ask(`/v1/sessions/${idOf('b')}`, a)).toMatchObject(missing);
    expect(await ask(`/v1/sessions/${idOf('b')}/samples`, a)).toMatchObject(missing);
    expect(await ask('/v1/replays', a, 'POST', { session: idOf('b') })).toMatchObject(missing);
    const comparison = { session: idOf('b'), models: [1, 2] };
    expect(await ask('/v1/replays/compare', a, 'POST', comparison)).toMatchObject(missing);
    expect(await ask('/v1/replays/0123', a)).toMatchObject({ status: 404, body: { code: 'unknown_replay' } });
  });
});

describe('a label of another user', () => {
  it('is not there to be taken back', async () => {
    await gateway.close();
    const stretch = { device: null, fromNs: '0', toNs: '1', activity: 'walk', source: 'user' };
    const value = Buffer.from(JSON.stringify({ kind: 'label', user: 'b', ...stretch }));
    const writer = await log.writer('gateway');
    await writer.commit({ appends: [{ topic: TOPICS.labels, partition: 0, records: [{ key: '', value }] }] });
    gateway = await startGateway({ log, clock: new ManualClock(1_700_000_000_000), access });

    const ofA = token(['operate'], ['a']);
    const hidden = await ask('/v1/labels/0', ofA, 'DELETE');
    expect(hidden).toMatchObject({ status: 404, body: { code: 'unknown_label' } });
    expect(await ask('/v1/labels/1', ofA, 'DELETE')).toEqual(hidden);
    expect(await log.end(TOPICS.labels, 0)).toBe(1);
  });
});

describe('a socket', () => {
  it.each([
    ['no token', () => undefined],
    ['a token that nobody made', () => newToken().text],
    ['what is no token', () => 'secret'],
  ])('is closed with 4401 on connection_init with %s', async (_what, text) => {
    const client = await connect();
    client.say({ type: 'connection_init', payload: { token: text() } });
    expect(await client.closed).toBe(CLOSE_CODES.unauthorized);
  });

  it('is closed with 4403 on connection_init with a token that may not subscribe', async () => {
    const client = await connect();
    client.say({ type: 'connection_init', payload: { token: token(['ingest'], ['*']) } });
    expect(await client.closed).toBe(CLOSE_CODES.forbidden);
  });

  it('needs no token in connection_init when the upgrade has shown one, and gets 401 or 403 for a bad one', async () => {
    const upgrade = async (text: string): Promise<number | 'open'> => {
      const socket = new WebSocket(gateway.live, { headers: { authorization: `Bearer ${text}` } });
      return new Promise((resolve) => {
        socket.once('unexpected-response', (_request, response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        socket.once('open', () => socket.send('{"type":"connection_init"}'));
        socket.once('message', () => {
          socket.terminate();
          resolve('open');
        });
      });
    };
    expect(await upgrade(newToken().text)).toBe(401);
    expect(await upgrade(token(['ingest'], ['*']))).toBe(403);
    expect(await upgrade(token(['subscribe'], ['a']))).toBe('open');
  });

  it('is refused to a page of another origin, and with a token in the URL', async () => {
    const status = (url: string, headers = {}) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, { headers });
        socket.once('unexpected-response', (_request, response) => {
          response.resume();
          resolve(response.statusCode);
        });
      });
    expect(await status(gateway.live, { origin: 'https://evil.example' })).toBe(403);
    expect(await status(`${gateway.live}?token=x`)).toBe(400);
  });

  it('is closed with 4401 when its token is revoked; those of others stay', async () => {
    const [text, other] = [token(['subscribe'], ['a']), token(['subscribe'], ['b'])];
    const [client, stays] = [await open(text), await open(other)];
    revoke(text);
    expect(await client.closed).toBe(CLOSE_CODES.unauthorized);
    expect(stays.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('a subscription', () => {
  it('is refused with 4401 once the token has expired, though nobody has looked for that yet', async () => {
    const text = token(['subscribe'], ['a'], '1970-01-01T00:00:10Z');
    const client = await open(text);
    await take(client, 'predictions', 0);
    nowMs = 10_000;
    client.subscribe('later', { channel: 'predictions' });
    expect(await client.closed).toBe(CLOSE_CODES.unauthorized);
  });
});

describe('server-sent events', () => {
  it('end when their token is revoked', async () => {
    const text = token(['subscribe'], ['a']);
    const ended = new Promise((resolve) => {
      const headers = { authorization: `Bearer ${text}` };
      request(`${gateway.url}/v1/events?channel=predictions`, { headers }, (response) => {
        response.once('data', () => revoke(text));
        response.resume();
        response.once('close', () => resolve(response.complete));
      }).end();
    });
    expect(await ended).toBe(false);
  });
});

describe('a subscriber', () => {
  const predictions = ['a', 'b', 'a'].map((user, i) => storedPrediction({ user, startMs: i * 1280 }));
  const users = (payloads: Record<string, unknown>[]) => payloads.map(({ user }) => user);

  it('gets predictions of its users alone, from the past and live', async () => {
    const commit = { topic: TOPICS.predictions, partition: 0, records: predictions };
    await learner.commit({ appends: [commit] });
    const client = await open(token(['subscribe'], ['a']));
    expect(users(await take(client, 'predictions', 2))).toEqual(['a', 'a']);
    await learner.commit({ appends: [commit] });
    await client.until(() => client.next('predictions').length === 4);
    expect(client.offsets('predictions')).toEqual([0, 2, 3, 5]);
  });

  it('gets an empty stream where it names another user, and not an error', async () => {
    await learner.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records: predictions }] });
    const client = await open(token(['subscribe'], ['a']));
    expect(await take(client, 'predictions', 0, { users: ['b'] })).toEqual([]);
    client.subscribe('both', { channel: 'predictions', since: 'earliest', users: ['a', 'b'] });
    await client.until(() => client.next('both').length === 2);
    expect(client.heard.filter(({ type }) => type === 'error')).toEqual([]);
    expect(client.next('predictions')).toEqual([]);
  });

  it('sees of a drift alert its own users, and nothing of one that is about others', async () => {
    const alert = (scope: Alert['data']['scope']) => ({ type: 'hark.drift', data: { episode: 'd', scope } });
    const scopes = [
      { users: ['b'], devices: ['b_phone'], classes: [] },
      { users: ['a', 'b'], devices: ['a_watch', 'b_phone'], classes: ['walk'] },
      { users: ['a'], devices: ['a_watch'], classes: [] },
      { users: [], devices: [], classes: ['sit'] },
      { users: [], devices: ['b_phone'], classes: [] },
    ];
    const hidden = { type: 'hark.silent', data: { user: 'b', device: 'b_phone' } };
    await append(TOPICS.alerts, [...scopes.map(alert), hidden]);
    const scopesOf = (payloads: Record<string, unknown>[]) =>
      payloads.map(({ data }) => (data as Alert['data']).scope);
    const all = await take(await open(token(['subscribe'], ['*'])), 'alerts', 6);
    expect(scopesOf(all)).toEqual([...scopes, undefined]);
    const a = await open(token(['subscribe'], ['a']));
    expect(scopesOf(await take(a, 'alerts', 4))).toEqual([
      { users: ['a'], devices: [], classes: ['walk'] },
      { users: ['a'], devices: ['a_watch'], classes: [] },
      { users: [], devices: [], classes: ['sit'] },
      { users: [], devices: [], classes: [] },
    ]);
    expect(JSON.stringify(a.heard)).not.toContain('b_phone');
    const byDevice = await open(token(['subscribe'], ['a']));
    expect(scopesOf(await take(byDevice, 'alerts', 0, { devices: ['none'] }))).toHaveLength(3);
  });

  it('hears of labels of its own users, and of what concerns everybody', async () => {
    const events = [
      { kind: 'removed', version: 3 },
      { kind: 'labelled', label: 1, user: 'b', device: null },
      { kind: 'labelled', label: 2, user: 'a', device: null },
    ];
    await append(TOPICS.models, events);
    const client = await open(token(['subscribe'], ['a']));
    expect(await take(client, 'models', 2)).toEqual([events[0], events[2]]);
  });
});
