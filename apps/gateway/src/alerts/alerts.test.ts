import {
  TOPICS,
  decodeSamplesRecord,
  encodeSamplesRecord,
  toIsoTime,
  type ActivityData,
  type Alert,
} from '@hark/contracts';
import { AccessControl, Tokens } from '@hark/service';
import { newToken, tokenEntry, tokenHash } from '@hark/service/access';
import { MemoryArtifactStore, MemoryLog, type LogWriter } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveClient, ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { samplesRecord } from '../testing/sample-records.js';
import { storedPrediction } from '../testing/stored-predictions.js';

const START = 1_767_225_600_000;

let clock: ManualClock;
let log: MemoryLog;
let artifacts: MemoryArtifactStore;
let ingest: LogWriter;
let learner: LogWriter;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeEach(async () => {
  clock = new ManualClock(START);
  log = new MemoryLog({ now: () => clock.now() });
  artifacts = new MemoryArtifactStore();
  ingest = await log.writer('ingest');
  learner = await log.writer('learner');
  gateway = await startGateway({ log, clock, artifacts });
});

afterEach(async () => {
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

/** A second gateway on the same log, as after a crash: nothing of the first but what stands in the log. */
async function restart(options: Partial<Parameters<typeof startGateway>[0]> = {}): Promise<void> {
  await gateway.close();
  gateway = await startGateway({ log, clock, artifacts, ...options });
}

async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await clock.turn();
}

/** Lets time go by, second for second. */
async function pass(seconds: number, each: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await each();
    clock.advance(1000);
    await settled();
  }
}

async function announced(): Promise<Alert<ActivityData>[]> {
  await settled();
  const records = await log.read(TOPICS.announcements, 0, 0, 1 << 20);
  return records.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as Alert<ActivityData>);
}

const ids = async () => (await announced()).map(({ id }) => id);

/** One window of 2 s at a second of event time. */
async function predict(second: number, activity = 'stand', user = 'a'): Promise<void> {
  const startMs = second * 1000;
  const window = { start: toIsoTime(startMs), end: toIsoTime(startMs + 2000), startNs: `${startMs}000000` };
  const records = [storedPrediction({ user, activity, startMs, window })];
  await learner.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records }] });
}

async function send(user: string, producer?: string): Promise<void> {
  const rows = samplesRecord([{ ns: BigInt(clock.now()) * 1_000_000n, user }]);
  const numbered = { ...decodeSamplesRecord(rows), ...(producer !== undefined && { producer, sequence: 1 }) };
  const value = encodeSamplesRecord(numbered);
  const from = await log.end(TOPICS.samples, 0);
  await ingest.commit({
    appends: [{ topic: TOPICS.samples, partition: 0, records: [{ key: '', value }] }],
    // The windower has taken it.
    step: { runner: 'windower', inputs: [{ topic: TOPICS.samples, partition: 0, from, to: from + 1 }] },
  });
}

const rules = () => `${gateway.url}/v1/alerts/rules`;
const RULE = { activity: 'stand', forSeconds: 10 };

describe('rules over REST', () => {
  it('are made, listed and removed', async () => {
    const made = await ask(rules(), 'POST', { ...RULE, name: 'standing', users: ['a'] });
    const rule = {
      ...{ id: '0', name: 'standing', activity: 'stand', forSeconds: 10, users: ['a'], devices: null },
      ...{ minConfidence: 0, toleranceSeconds: 5, webhook: null },
    };
    expect(made).toMatchObject({ status: 201, body: rule });
    expect(await ask(rules(), 'POST', { activity: 'unknown', forSeconds: 60 })).toMatchObject({
      status: 201,
      body: { id: '1', activity: 'unknown', users: null },
    });
    expect((await ask(rules())).body.rules).toEqual([rule, expect.objectContaining({ id: '1' })]);
    expect(await ask(`${rules()}/0`, 'DELETE')).toMatchObject({ status: 200, body: { id: '0' } });
    expect((await ask(rules())).body.rules).toMatchObject([{ id: '1' }]);
    expect(await ask(`${rules()}/0`, 'DELETE')).toMatchObject({
      status: 404,
      body: { code: 'unknown_rule' },
    });
    await restart();
    expect((await ask(rules())).body.rules).toMatchObject([{ id: '1' }]);
  });

  it.each([
    [{ activity: 'swim' }, 'activity: expected one of bike, sit, stand, walk, stairsup, stairsdown, unknown'],
    [{ forSeconds: 0 }, 'forSeconds: expected at least 1'],
    [{ users: [] }, 'users: expected at least 1 entries'],
    [{ webhook: 'https://hooks.example/' }, 'webhook: the URL is not among HARK_WEBHOOK_TARGETS'],
    [{ minutes: 5 }, 'there is no field "minutes"'],
  ])('are refused where they do not fit: %j', async (change, detail) => {
    const answer = await ask(rules(), 'POST', { ...RULE, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(detail);
    expect(await log.end(TOPICS.rules, 0)).toBe(0);
  });

  it('are made once with one Idempotency-Key', async () => {
    const post = async (body: unknown) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'k1' };
      const response = await fetch(rules(), { method: 'POST', headers, body: JSON.stringify(body) });
      return `${response.status} ${((await response.json()) as { id?: string }).id ?? ''}`;
    };
    expect(await Promise.all([post(RULE), post(RULE)])).toEqual(['201 0', '201 0']);
    expect(await post({ ...RULE, forSeconds: 11 })).toBe('422 ');
    expect(await log.end(TOPICS.rules, 0)).toBe(1);
  });

  it('of a token are about its users only, and others look absent to it', async () => {
    const token = (users: string[]) => {
      const { id, text } = newToken();
      const hash = tokenHash(text).toString('hex');
      const entry = { id, name: id, hash, roles: ['subscribe'], users, created: null, expires: null };
      return { text, entry: tokenEntry.parse(entry) };
    };
    const [a, all] = [token(['a']), token(['*'])];
    const given = [a.entry, all.entry];
    await restart({ access: new AccessControl(new Tokens({ given, file: null, now: () => 0 })) });
    const as = async (text: string, method: string, path = '', body?: unknown) => {
      const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json' };
      const answer = await fetch(`${rules()}${path}`, {
        ...{ method, headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, never> };
    };
    expect(await as(a.text, 'POST', '', RULE)).toMatchObject({
      status: 201,
      body: { id: '0', users: ['a'] },
    });
    expect(await as(a.text, 'POST', '', { ...RULE, users: ['b'] })).toMatchObject({
      status: 403,
      body: { code: 'forbidden_user' },
    });
    expect((await as(all.text, 'POST', '', RULE)).body).toMatchObject({ id: '1', users: null });
    expect((await as(a.text, 'GET')).body.rules).toMatchObject([{ id: '0' }]);
    expect((await as(all.text, 'GET')).body.rules).toMatchObject([{ id: '0' }, { id: '1' }]);
    expect((await as(a.text, 'DELETE', '/1')).status).toBe(404);
    expect((await as(all.text, 'DELETE', '/0')).status).toBe(200);
  });
});

describe('alerts', () => {
  it('are one sequence over the socket and in the list, also over a restart', async () => {
    await ask(rules(), 'POST', RULE);
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s', { channel: 'alerts', since: 'earliest' });
    for (let second = 0; second < 5; second++) await predict(second);
    await settled();
    await restart();
    for (let second = 5; second < 14; second++) await predict(second);
    const drift = {
      id: 'drift-1/drift',
      type: 'hark.drift',
      data: { episode: 'drift-1', scope: { users: ['b'] } },
    };
    const value = Buffer.from(JSON.stringify(drift));
    await announced();
    await learner.commit({
      appends: [{ topic: TOPICS.alerts, partition: 0, records: [{ key: '', value }] }],
    });
    expect(await ids()).toEqual(['activity-0-1/started', 'drift-1/drift']);
    const again = await LiveClient.open(gateway.live);
    again.subscribe('s', { channel: 'alerts', since: 'earliest' });
    await again.until(() => again.next('s').length === 2);
    expect(again.offsets('s')).toEqual([0, 1]);
    const list = async (query: string) => {
      const { body } = await ask(`${gateway.url}/v1/alerts${query}`);
      return (body.alerts as { id: string }[]).map(({ id }) => id);
    };
    expect(await list('')).toEqual(['drift-1/drift', 'activity-0-1/started']);
    expect(await list('?type=hark.activity')).toEqual(['activity-0-1/started']);
    expect(await list('?user=b')).toEqual(['drift-1/drift']);
    expect(await list(`?since=${toIsoTime(START)}`)).toHaveLength(2);
    expect(await list(`?since=${toIsoTime(START + 1)}`)).toEqual([]);
    const first = (await ask(`${gateway.url}/v1/alerts?limit=1`)).body;
    expect(first).toMatchObject({ alerts: [drift], epoch: 'memory', offset: 1, next: '1' });
    expect(await list(`?limit=1&cursor=${String(first.next)}`)).toEqual(['activity-0-1/started']);
    for (const each of [client, again]) each.close();
  });

  it('come of an episode once, wherever the gateway is stopped and started', async () => {
    await ask(rules(), 'POST', RULE);
    for (let second = 0; second < 40; second++) {
      await predict(second, second < 15 || second > 24 ? 'stand' : 'walk');
      if (second % 3 === 0) await restart();
    }
    expect(await ids()).toEqual(['activity-0-1/started', 'activity-0-1/ended', 'activity-0-2/started']);
  });
});

describe('a silent device', () => {
  it('is announced once after a minute, and once when it is heard again', async () => {
    await pass(15, () => send('a'));
    await pass(58);
    expect(await ids()).toEqual([]);
    await pass(5);
    await pass(100);
    expect(await announced()).toMatchObject([
      {
        id: 'device-1/silent',
        data: { user: 'a', device: 'gear_1', lastHeardAt: toIsoTime(START + 14_000) },
      },
    ]);
    await send('a');
    await pass(2);
    expect(await ids()).toEqual(['device-1/silent', 'device-1/heard']);
  });

  it('is none that has only just begun to send, or whose rows are a recording', async () => {
    await pass(5, () => send('a'));
    await pass(15, () => send('b', 'import-1'));
    await pass(100);
    expect(await ids()).toEqual([]);
  });

  it('is not announced because the gateway was away: its time begins anew with the start', async () => {
    await pass(15, () => send('a'));
    await pass(15, () => send('b'));
    await gateway.close();
    clock.advance(3_600_000);
    gateway = await startGateway({ log, clock, artifacts });
    await pass(30, () => send('b'));
    expect(await ids()).toEqual([]);
    await pass(32, () => send('b'));
    expect((await announced()).map(({ id, data }) => `${id} ${data.user}`)).toEqual(['device-1/silent a']);
    await restart();
    await pass(100, () => send('b'));
    expect(await ids()).toEqual(['device-1/silent']);
    await send('a');
    await pass(2, () => send('b'));
    expect(await ids()).toEqual(['device-1/silent', 'device-1/heard']);
  });
});

describe('an app that falls behind', () => {
  it('is announced once a record has waited for it for half a minute, and when it has caught up', async () => {
    const value = Buffer.from('a window');
    const windows = [{ topic: TOPICS.windows, partition: 0, records: [{ key: '', value }] }];
    await ingest.commit({ appends: windows });
    await pass(28);
    expect(await ids()).toEqual([]);
    await pass(20, async () => void (await ingest.commit({ appends: windows })));
    expect(await announced()).toMatchObject([
      { id: 'service-1/behind', type: 'hark.service', data: { app: 'learner', waitedSeconds: 30 } },
    ]);
    expect((await gateway.gateway.status()).alerts).toMatchObject({ appsBehind: ['learner'] });
    await restart();
    await pass(2);
    expect(await ids()).toEqual(['service-1/behind']);
    const to = await log.end(TOPICS.windows, 0);
    const inputs = [{ topic: TOPICS.windows, partition: 0, from: 0, to }];
    await learner.commit({ appends: [], step: { runner: 'learner', inputs } });
    await pass(2);
    expect(await ids()).toEqual(['service-1/behind', 'service-1/caught_up']);
  });
});
