import { CLOSE_CODES, TOPICS } from '@hark/contracts';
import { UserScope } from '@hark/service';
import { MemoryLog, type LogWriter, type NewRecord } from '@hark/streaming';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LiveClient, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { storedPrediction } from '../testing/stored-predictions.js';

let clock: ManualClock;
let log: MemoryLog;
let learner: LogWriter;
let gateway: Awaited<ReturnType<typeof startGateway>>;
const clients: LiveClient[] = [];

beforeEach(async () => {
  clock = new ManualClock(1_700_000_000_000);
  log = new MemoryLog({ now: () => 1420, epoch: 'e1' });
  learner = await log.writer('learner');
  gateway = await startGateway({
    log,
    clock,
    limits: { connections: 4, subscriptions: 3, bufferBytes: 262_144 },
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

async function append(topic: string, ...records: NewRecord[]): Promise<void> {
  await learner.commit({ appends: [{ topic, partition: 0, records }] });
}

async function predict(...fields: Parameters<typeof storedPrediction>[0][]): Promise<void> {
  await append(TOPICS.predictions, ...fields.map((each) => storedPrediction(each)));
}

async function open(): Promise<LiveClient> {
  const client = await LiveClient.open(gateway.live);
  clients.push(client);
  return client;
}

async function connect(): Promise<LiveClient> {
  const client = await LiveClient.connect(gateway.live);
  clients.push(client);
  return client;
}

/** A round trip: what was said before has been dealt with. */
async function settled(client: LiveClient): Promise<void> {
  const pongs = client.heard.filter(({ type }) => type === 'pong').length;
  client.say({ type: 'ping' });
  await client.until((heard) => heard.filter(({ type }) => type === 'pong').length > pongs);
  for (let i = 0; i < 20; i++) await clock.turn();
}

const count = (client: LiveClient, id: string, n: number) => client.until(() => client.next(id).length >= n);

describe('the connection', () => {
  it('answers connection_init with the epoch of the log and the time', async () => {
    const client = await open();
    expect(client.heard).toEqual([
      { type: 'connection_ack', payload: { epoch: 'e1', serverTime: '2023-11-14T22:13:20.000Z' } },
    ]);
  });

  it('closes with 4408 when connection_init has not come within 10 s', async () => {
    const client = await connect();
    await clock.turn();
    clock.advance(9_999);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    expect(await client.closed).toBe(CLOSE_CODES.initTimeout);
  });

  it.each([
    ['text that is not JSON', '{'],
    ['a type nobody knows', '{"type":"dance"}'],
    ['a subscription without a channel', '{"type":"subscribe","id":"s1","payload":{}}'],
    [
      'a mode nobody knows',
      '{"type":"subscribe","id":"s1","payload":{"channel":"predictions","mode":"all"}}',
    ],
    ['a second connection_init', '{"type":"connection_init"}'],
    ['deep nesting', '['.repeat(20_000)],
    ['deep nesting that is JSON', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['a name twice', '{"type":"ping","type":"pong"}'],
    ['__proto__', '{"type":"ping","__proto__":{"state":"ready"}}'],
    ['half of a character', '{"type":"complete","id":"\\ud800"}'],
    [
      'a number beyond all',
      '{"type":"subscribe","id":"s1","payload":{"channel":"predictions","maxRateHz":1e999}}',
    ],
    [
      '60,000 digits',
      `{"type":"subscribe","id":"s1","payload":{"channel":"alerts","dwellMs":${'9'.repeat(60_000)}}}`,
    ],
  ])('closes with 4400 on %s', async (_name, text) => {
    const client = await open();
    client.say(text);
    expect(await client.closed).toBe(CLOSE_CODES.badMessage);
  });

  it('closes with 4400 on a binary message', async () => {
    const client = await open();
    client.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await client.closed).toBe(CLOSE_CODES.badMessage);
  });

  it('closes with 4401 on a subscription before connection_init', async () => {
    const client = await connect();
    client.subscribe('s1', { channel: 'predictions' });
    expect(await client.closed).toBe(CLOSE_CODES.unauthorized);
  });

  it('closes with 4409 when an id is in use, and takes it again after complete', async () => {
    const client = await open();
    client.subscribe('s1', { channel: 'predictions' });
    client.say({ type: 'complete', id: 's1' });
    client.subscribe('s1', { channel: 'predictions' });
    await settled(client);
    client.subscribe('s1', { channel: 'alerts' });
    expect(await client.closed).toBe(CLOSE_CODES.idInUse);
  });

  it.each([
    ['{', 'this is not JSON'],
    ['{"type":"dance"}', 'type: expected "connection_init", "subscribe", "complete", "ping" or "pong"'],
    ['[]', 'expected a JSON object'],
    ['{"type":"subscribe","id":"s1","payload":{}}', 'payload.channel: is missing: expected text'],
    [
      '{"type":"subscribe","id":"s1","payload":{"channel":"alerts","since":"now"}}',
      'payload.since: expected "earliest", "latest" or {"epoch":…,"offset":…}',
    ],
  ])('says why it closes on %s', async (text, why) => {
    const client = await open();
    const reason = new Promise((resolve) =>
      client.socket.once('close', (_code, said) => resolve(said.toString('utf8'))),
    );
    client.say(text);
    expect(await reason).toBe(why);
  });

  it('says the cursor from which to resume before the first message of a subscription', async () => {
    await predict({}, { startMs: 1280 });
    const client = await open();
    client.subscribe('s1', { channel: 'predictions' });
    client.subscribe('s2', { channel: 'predictions', since: { epoch: 'e1', offset: 0 } });
    await count(client, 's2', 1);
    await settled(client);
    expect(client.heard.filter(({ type }) => type === 'subscribed')).toEqual([
      { type: 'subscribed', id: 's1', epoch: 'e1', offset: 1 },
      { type: 'subscribed', id: 's2', epoch: 'e1', offset: 0 },
    ]);
    client.close();
    await predict({ startMs: 2560 });
    const again = await open();
    again.subscribe('s1', { channel: 'predictions', since: { epoch: 'e1', offset: 1 } });
    await count(again, 's1', 1);
    expect(again.offsets('s1')).toEqual([2]);
  });

  it('compresses nothing, whatever the client offers', async () => {
    const socket = new WebSocket(gateway.live, { perMessageDeflate: true });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  it('closes with 1009 on a message over 64 KiB', async () => {
    const client = await open();
    client.say(`{"type":"ping","pad":"${'x'.repeat(65_536)}"}`);
    expect(await client.closed).toBe(1009);
  });

  it('closes a client that floods pings', async () => {
    const client = await open();
    for (let i = 0; i < 300 && client.socket.readyState === WebSocket.OPEN; i++) {
      client.socket.ping();
      if (i % 20 > 0) continue;
      await Promise.race([client.closed, new Promise((resolve) => client.socket.once('pong', resolve))]);
    }
    expect(await client.closed).toBe(CLOSE_CODES.badMessage);
  });

  it('answers ping with pong, and says ping itself every 15 s', async () => {
    const client = await open();
    client.say({ type: 'ping' });
    await client.until((heard) => heard.some(({ type }) => type === 'pong'));
    clock.advance(15_000);
    await client.until((heard) => heard.some(({ type }) => type === 'ping'));
  });

  it('closes with 4108 a client that answers no heartbeat within 10 s, so within 25 s of its last word', async () => {
    const silent = new WebSocket(gateway.live, { autoPong: false });
    await new Promise((resolve) => silent.once('open', resolve));
    silent.send('{"type":"connection_init"}');
    await new Promise((resolve) => silent.once('message', resolve));
    const closed = new Promise((resolve) => silent.once('close', resolve));
    clock.advance(24_999);
    expect(silent.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    expect(await closed).toBe(CLOSE_CODES.tooSlow);
  });

  it('closes with 1013 beyond the limit of connections, and takes another when one has gone', async () => {
    const first = await open();
    await open();
    await open();
    await open();
    const fifth = await connect();
    expect(await fifth.closed).toBe(1013);
    first.close();
    await first.closed;
    await clock.turn();
    await open();
  });

  it('says 1001 when the service stops', async () => {
    const client = await open();
    await gateway.close();
    expect(await client.closed).toBe(1001);
    gateway = await startGateway({ log, clock });
  });

  it('refuses the upgrade to a page of another origin', async () => {
    const socket = new WebSocket(gateway.live, { origin: 'https://evil.example' });
    const status = await new Promise((resolve) =>
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );
    expect(status).toBe(403);
  });

  /** The answer to an upgrade that is refused. */
  async function refused(path: string, headers: Record<string, string>): Promise<[number, string, string]> {
    return new Promise((resolve, reject) => {
      const sent = request(`${gateway.url}${path}`, { headers }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const { code } = JSON.parse(text) as { code: string };
          resolve([response.statusCode ?? 0, response.headers['content-type'] ?? '', code]);
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  const HANDSHAKE = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };

  it.each([
    [403, 'forbidden', '/v1/live', { ...HANDSHAKE, origin: 'https://evil.example' }],
    [404, 'not_found', '/v1/lively', HANDSHAKE],
    [400, 'bad_request', '/v1/live', { ...HANDSHAKE, 'sec-websocket-key': 'no' }],
    [400, 'bad_request', '/v1/live', { ...HANDSHAKE, 'sec-websocket-version': '7' }],
    [426, 'upgrade_required', '/v1/live', {}],
  ])('refuses with a problem: %i %s at %s', async (status, code, path, headers) => {
    const [answered, type, said] = await refused(path, headers);
    expect([answered, said]).toEqual([status, code]);
    expect(type).toContain('application/problem+json');
  });
});

describe('a subscription', () => {
  it('gets what is predicted from then on, with latency and source added to the stored prediction', async () => {
    await predict({ startMs: 0 });
    const client = await open();
    client.subscribe('s1', { channel: 'predictions' });
    await settled(client);
    await predict({ startMs: 1280 });
    await count(client, 's1', 1);
    const [first] = client.next('s1');
    expect(first).toMatchObject({
      epoch: 'e1',
      offset: 1,
      payload: { id: 'a/gear_1/1280000000', activity: 'walk', latencyMs: 420, source: 'live', final: true },
    });
  });

  it('gets the final revision of each window in append mode, every revision in update mode', async () => {
    await predict({ revision: 0, final: false }, { revision: 1, final: false }, { revision: 2, final: true });
    const client = await open();
    client.subscribe('append', { channel: 'predictions', since: 'earliest' });
    client.subscribe('update', { channel: 'predictions', since: 'earliest', mode: 'update' });
    await count(client, 'update', 3);
    await predict({ startMs: 1280, final: false }, { startMs: 1280, final: true });
    await count(client, 'update', 5);
    await settled(client);
    expect(client.offsets('append')).toEqual([2, 4]);
    expect(client.offsets('update')).toEqual([0, 1, 2, 3, 4]);
  });

  it('is not fooled by an id that looks like a field', async () => {
    await predict({ device: '"final":true,"receivedMs":9', final: false });
    const client = await open();
    client.subscribe('s1', { channel: 'predictions', since: 'earliest' });
    client.subscribe('s2', { channel: 'predictions', since: 'earliest', mode: 'update' });
    await count(client, 's2', 1);
    expect(client.next('s1')).toEqual([]);
    expect(client.next('s2')[0].payload).toMatchObject({
      latencyMs: 420,
      device: '"final":true,"receivedMs":9',
    });
  });

  it('gets only the users and devices it names, from the log and from the tail alike', async () => {
    const three = [{ user: 'a' }, { user: 'b' }, { user: 'a', device: 'nexus4_1' }];
    await predict(...three);
    const client = await open();
    client.subscribe('user', { channel: 'predictions', users: ['a'], since: 'earliest' });
    client.subscribe('device', { channel: 'predictions', devices: ['gear_1'], since: 'earliest' });
    client.subscribe('both', {
      channel: 'predictions',
      users: ['a'],
      devices: ['gear_1'],
      since: 'earliest',
    });
    await count(client, 'device', 2);
    await settled(client);
    await predict(...three);
    await count(client, 'device', 4);
    await settled(client);
    expect(client.offsets('user')).toEqual([0, 2, 3, 5]);
    expect(client.offsets('device')).toEqual([0, 1, 3, 4]);
    expect(client.offsets('both')).toEqual([0, 3]);
  });

  it('gets the alerts whose scope concerns it, and those that name nobody', async () => {
    const alert = (users: string[]): NewRecord => ({
      key: '',
      value: new TextEncoder().encode(JSON.stringify({ id: 'x', data: { scope: { users, devices: [] } } })),
    });
    await append(TOPICS.alerts, alert(['a']), alert(['b']), alert([]));
    const client = await open();
    client.subscribe('s1', { channel: 'alerts', users: ['a'], since: 'earliest' });
    await count(client, 's1', 2);
    await append(TOPICS.alerts, alert(['b']), alert(['a']), alert([]));
    await count(client, 's1', 4);
    expect(client.offsets('s1')).toEqual([0, 2, 4, 5]);
  });

  it('passes over a record that is no prediction', async () => {
    await append(TOPICS.predictions, { key: '', value: new Uint8Array([0, 1, 2]) }, storedPrediction());
    const client = await open();
    client.subscribe('s1', { channel: 'predictions', since: 'earliest' });
    await count(client, 's1', 1);
    expect(client.offsets('s1')).toEqual([1]);
  });

  it('is refused by name beyond the limit of a socket, and for a channel that does not exist', async () => {
    const client = await open();
    for (const id of ['1', '2', '3', '4']) client.subscribe(id, { channel: 'models' });
    client.say({ type: 'complete', id: '1' });
    client.subscribe('5', { channel: 'gossip' });
    client.subscribe('6', { channel: 'replay:none' });
    await settled(client);
    expect(client.heard.filter(({ type }) => type === 'error')).toMatchObject([
      { id: '4', payload: { code: 'too_many_subscriptions' } },
      { id: '5', payload: { code: 'unknown_channel' } },
      { id: '6', payload: { code: 'unknown_channel' } },
    ]);
  });

  it('of an unknown channel is told which channels there are, on a socket and as events alike', async () => {
    const sentence = (name: string) =>
      `There is no channel "${name}"; the channels are predictions, transitions, fused, alerts, models, progress, signal, ` +
      'replay:<id> of each replay in GET /v1/replays, and report:<name> of each report in GET /v1/reports.';
    const client = await open();
    for (const name of ['gossip', 'replay:x']) {
      client.subscribe(name, { channel: name });
      await settled(client);
      expect(client.heard.at(-2)).toEqual({
        type: 'error',
        id: name,
        payload: { code: 'unknown_channel', message: sentence(name) },
      });
      const response = await fetch(`${gateway.url}/v1/events?channel=${name}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'unknown_channel', detail: sentence(name) });
    }
  });

  it('with maxRateHz gets the newest of each device that often, from the log and the tail, in order', async () => {
    await predict({}, { startMs: 1280 }, { device: 'd2' });
    const client = await open();
    client.subscribe('s1', { channel: 'predictions', since: 'earliest', maxRateHz: 2 });
    await count(client, 's1', 1);
    await settled(client);
    clock.advance(500);
    await count(client, 's1', 3);
    await predict({ startMs: 2560 });
    await predict({ startMs: 3840 }, { startMs: 5120 });
    await settled(client);
    expect(client.offsets('s1')).toEqual([0, 1, 2]);
    clock.advance(500);
    await count(client, 's1', 4);
    await settled(client);
    expect(client.offsets('s1')).toEqual([0, 1, 2, 5]);
  });

  it.each([
    ['of another epoch', { epoch: 'e0', offset: 0 }],
    ['beyond the end of the log', { epoch: 'e1', offset: 1 }],
  ])('gets cursor_expired for a cursor %s, then a snapshot and what is new', async (_name, since) => {
    await predict({});
    const client = await open();
    client.subscribe('s1', { channel: 'predictions', since });
    await count(client, 's1', 1);
    await predict({ startMs: 1280 });
    await count(client, 's1', 2);
    expect(client.heard.slice(1)).toMatchObject([
      { type: 'error', id: 's1', payload: { code: 'cursor_expired' } },
      { type: 'subscribed', id: 's1', epoch: 'e1', offset: 0 },
      { type: 'next', id: 's1', offset: 0, payload: { snapshot: true } },
      { type: 'next', id: 's1', offset: 1 },
    ]);
  });

  it('may begin anew under the same id after cursor_expired', async () => {
    await predict({}, { startMs: 1280 });
    const client = await open();
    client.subscribe('s1', { channel: 'predictions', since: { epoch: 'e0', offset: 0 } });
    await client.until((heard) => heard.some(({ type }) => type === 'error'));
    client.subscribe('s1', { channel: 'predictions', since: 'earliest' });
    await client.until(() => client.next('s1').some(({ offset }) => offset === 0));
    await settled(client);
    expect(client.next('s1').filter(({ payload }) => payload['snapshot'] !== true)).toHaveLength(2);
  });

  it('leaves nothing behind when its socket closes', async () => {
    const hub = gateway.gateway.hub;
    const before = clock.pending;
    const client = await open();
    client.subscribe('s1', { channel: 'predictions', users: ['a'] });
    await settled(client);
    expect(hub.counts()).toEqual({ predictions: { subscriptions: 1, live: 1 } });
    client.close();
    await client.closed;
    while (hub.feed('predictions', UserScope.all)?.size !== 0) await clock.turn();
    expect(hub.counts()).toEqual({});
    expect(clock.pending).toBe(before);
  });
});

describe('resuming', () => {
  it('after fifty cuts at random places gives exactly the stored sequence', async () => {
    const total = 2000;
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const got: number[] = [];
    let written = 0;
    let client = await open();
    client.subscribe('s1', { channel: 'predictions', since: { epoch: 'e1', offset: -1 } });
    for (let cut = 0; cut <= 50; cut++) {
      const more = cut === 50 ? total - written : random(60);
      for (let i = 0; i < more; i++) {
        await predict({ startMs: written++ * 1280 });
        if (random(4) === 0) await clock.turn();
      }
      const enough = cut === 50 ? total - got.length : random(written - got.length + 1);
      await count(client, 's1', enough);
      client.close();
      await client.closed;
      got.push(...client.offsets('s1'));
      if (cut === 50) break;
      const from = got.at(-1) ?? -1;
      client = await open();
      client.subscribe('s1', { channel: 'predictions', since: { epoch: 'e1', offset: from } });
    }
    expect(got).toEqual(Array.from({ length: total }, (_, i) => i));
  });
});

describe('a reader that stops reading', () => {
  const BULK = 20_000;

  /** Predictions of about 1 kB, more than the loopback swallows. */
  async function flood(): Promise<void> {
    for (let i = 0; i < BULK / 500; i++) {
      await predict(
        ...Array.from({ length: 500 }, (_, j) => ({ startMs: (i * 500 + j) * 1280, model: 'm'.repeat(500) })),
      );
      await clock.turn();
    }
  }

  it('falls back to the log and misses nothing, while another is served to the end', async () => {
    const slow = await open();
    const quick = await open();
    slow.subscribe('s1', { channel: 'predictions' });
    quick.subscribe('s1', { channel: 'predictions' });
    await settled(slow);
    await settled(quick);
    slow.socket.pause();
    await flood();
    await count(quick, 's1', BULK);
    const feed = gateway.gateway.hub.feed('predictions', UserScope.all);
    expect(feed?.liveSize).toBe(1);
    expect(slow.next('s1').length).toBeLessThan(BULK);
    slow.socket.resume();
    await count(slow, 's1', BULK);
    const all = Array.from({ length: BULK }, (_, i) => i);
    expect(quick.offsets('s1')).toEqual(all);
    expect(slow.offsets('s1')).toEqual(all);
    expect(slow.heard.some(({ type }) => type === 'gap')).toBe(false);
    while (feed?.liveSize !== 2) await clock.turn();
  });

  it('is told of the gap and closed with 4108 after 20 s, and resumes with its last offset', async () => {
    const slow = await open();
    slow.subscribe('s1', { channel: 'predictions' });
    await settled(slow);
    slow.socket.pause();
    await flood();
    const hub = gateway.gateway.hub;
    const feed = hub.feed('predictions', UserScope.all);
    while (feed?.liveSize !== 0 || (await feed.lag()) > 0) await clock.turn();
    clock.advance(19_999);
    expect(hub.feed('predictions', UserScope.all)?.size).toBe(1);
    clock.advance(1);
    expect(hub.feed('predictions', UserScope.all)?.size).toBe(0);
    slow.socket.resume();
    expect(await slow.closed).toBe(CLOSE_CODES.tooSlow);
    const had = slow.offsets('s1');
    expect(slow.heard.at(-1)).toEqual({
      type: 'gap',
      id: 's1',
      dropped: BULK - had.length,
      reason: 'slow_consumer',
    });
    const again = await open();
    again.subscribe('s1', { channel: 'predictions', since: { epoch: 'e1', offset: had.at(-1) ?? -1 } });
    await count(again, 's1', BULK - had.length);
    expect([...had, ...again.offsets('s1')]).toEqual(Array.from({ length: BULK }, (_, i) => i));
  });
});

describe('server-sent events', () => {
  /** Reads events until `n` have come, then hangs up. */
  async function events(path: string, n: number, headers: Record<string, string> = {}): Promise<string[]> {
    return new Promise((resolve, reject) => {
      let text = '';
      const sent = request(`${gateway.url}${path}`, { headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          const found = text.split('\n\n').filter((each) => each.startsWith('id: '));
          if (found.length < n) return;
          sent.destroy();
          resolve(found.slice(0, n));
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  it('carry epoch and offset as their id, and the payload as data', async () => {
    await predict({ user: 'b' }, { user: 'a' });
    const [event] = await events('/v1/events?channel=predictions&users=a&since=earliest', 1);
    const [id, data] = event.split('\n');
    expect(id).toBe('id: e1:1');
    expect(JSON.parse(data.slice('data: '.length))).toMatchObject({ user: 'a', source: 'live' });
  });

  it('resume after Last-Event-ID', async () => {
    await predict({}, { startMs: 1280 }, { startMs: 2560 });
    const found = await events('/v1/events?channel=predictions', 2, { 'last-event-id': 'e1:0' });
    expect(found.map((each) => each.split('\n')[0])).toEqual(['id: e1:1', 'id: e1:2']);
  });

  it('answer 410 to a cursor of another log, 400 to a query that is wrong, 404 to a channel that is not there', async () => {
    const expired = await fetch(`${gateway.url}/v1/events?channel=predictions&since=e0:3`);
    expect(expired.status).toBe(410);
    expect(await expired.json()).toMatchObject({ code: 'cursor_expired', status: 410 });
    const wrong = await fetch(`${gateway.url}/v1/events?channel=predictions&since=yesterday`);
    expect(wrong.status).toBe(400);
    expect(wrong.headers.get('content-type')).toContain('application/problem+json');
    expect(((await wrong.json()) as { detail: string }).detail).toMatch(/^since: /);
    expect((await fetch(`${gateway.url}/v1/events?channel=replay:none`)).status).toBe(404);
  });

  it('take users set to nothing for everybody', async () => {
    await predict({ user: 'b' });
    const found = await events('/v1/events?channel=predictions&users=&since=earliest', 1);
    expect(found[0].split('\n')[0]).toBe('id: e1:0');
  });

  it('answer 400 to a parameter given twice and to a rate that is none', async () => {
    const detail = async (query: string) =>
      ((await (await fetch(`${gateway.url}/v1/events?${query}`)).json()) as { detail: string }).detail;
    expect(await detail('channel=alerts&channel=models')).toBe('channel: expected text, given once');
    expect(await detail('channel=alerts&maxRateHz=0')).toBe(
      'maxRateHz: expected a number above 0 and up to 1000',
    );
  });

  it('begin with the cursor to resume from', async () => {
    await predict({});
    const first = await new Promise<string>((resolve, reject) => {
      let text = '';
      const sent = request(`${gateway.url}/v1/events?channel=predictions`, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (!text.includes('id: ')) return;
          sent.destroy();
          resolve(text);
        });
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(first).toBe('retry: 1000\n\n: subscribed\nid: e1:0\n\n');
  });
});
