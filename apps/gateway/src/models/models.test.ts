import { TOPICS, type ModelEvent, type VersionManifest } from '@hark/contracts';
import { classifierByName } from '@hark/models';
import { Principal } from '@hark/service';
import { LogFullError, MemoryArtifactStore, MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { testLearner, windowRecord } from '../testing/test-learner.js';

let clock: ManualClock;
let log: MemoryLog;
let artifacts: MemoryArtifactStore;
const stateName = (version: number) =>
  artifacts.names.find((name) => name.startsWith(`models/v${version}-`))!;
let learner: Awaited<ReturnType<typeof testLearner>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

const START = Date.UTC(2026, 0, 1);
const at = (window: number) => START + window * 2560;
const time = (ms: number) => new Date(ms).toISOString();

beforeEach(async () => {
  clock = new ManualClock(1000);
  log = new MemoryLog({ now: () => 1000 });
  artifacts = new MemoryArtifactStore();
  learner = await testLearner(log, artifacts);
  gateway = await startGateway({ log, clock, artifacts });
});

afterEach(async () => {
  await gateway.close();
});

/** Windows `from` to `to`, half of them labelled walk, half sit. */
async function learn(from: number, to: number): Promise<void> {
  const ingest = await log.writer('ingest');
  const records = [];
  for (let i = from; i < to; i++) {
    records.push(windowRecord({ startMs: at(i), label: i % 2 === 0 ? 'walk' : 'sit' }));
  }
  await ingest.commit({ appends: [{ topic: TOPICS.windows, partition: 0, records }] });
  await learner.step();
  await settled();
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await clock.turn();
}

/** Waits until this many commands stand in the log. */
async function commands(n: number): Promise<unknown[]> {
  while ((await log.end(TOPICS.commands, 0)) < n) await clock.turn();
  const records = await log.read(TOPICS.commands, 0, 0, 1 << 20);
  return records.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as unknown);
}

const get = (path: string) => ask(`${gateway.url}/v1/models${path}`);
const post = (path: string, body?: unknown) => ask(`${gateway.url}/v1/models${path}`, 'POST', body);

describe('the versions', () => {
  it('are none before the learner has made one', async () => {
    expect((await get('')).body).toEqual({ versions: [], current: null, previous: null, challenger: null });
    expect(await get('/current')).toMatchObject({ status: 404, body: { code: 'unknown_version' } });
  });

  it('are listed newest first, with their aliases and scores then and since', async () => {
    await learn(0, 10);
    const { status, body } = await get('');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      current: 3,
      previous: 2,
      versions: [
        { version: 3, alias: 'current', parent: 2, cause: 'count', windowsLearned: 8, logPosition: 8 },
        { version: 2, alias: 'previous', windowsLearned: 4, metricsSince: { windows: 4, accuracy: 1 } },
        { version: 1, alias: null, parent: null, cause: 'start', windowsLearned: 0 },
      ],
    });
  });

  it('are found by 2, v2, current and previous', async () => {
    await learn(0, 10);
    for (const [name, version] of Object.entries({ '/2': 2, '/v2': 2, '/current': 3, '/previous': 2 })) {
      expect((await get(name)).body.version).toBe(version);
    }
  });

  it.each(['/4', '/v0', '/banana', '/..%2f..%2fetc', '/1e3'])(
    'are 404 problems when unknown: %s',
    async (name) => {
      await learn(0, 10);
      const { status, type, body } = await get(name);
      expect(status).toBe(404);
      expect(type).toContain('application/problem+json');
      expect(body).toMatchObject({ status: 404, code: 'unknown_version' });
    },
  );

  it('are known by the event time at which they answered', async () => {
    await learn(0, 10);
    const version = async (ms: number) => (await get(`/at?time=${time(ms)}`)).body.version;
    expect(await version(at(0) + 2560)).toBe(1);
    expect(await version(at(3) + 2560)).toBe(1);
    expect(await version(at(4) + 2560)).toBe(2);
    expect(await version(at(9) + 2560)).toBe(3);
    expect(await get(`/at?time=${time(at(0))}`)).toMatchObject({
      status: 404,
      body: { code: 'no_version_then' },
    });
    expect(await get('/at?time=noon')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('are known by when they answered also after rollbacks, and after they were removed', async () => {
    await gateway.close();
    log = new MemoryLog({ now: () => 1000 });
    artifacts = new MemoryArtifactStore();
    learner = await testLearner(log, artifacts, 4, { versionsKept: 4 });
    gateway = await startGateway({ log, clock, artifacts });
    await learn(0, 10);
    const answer = post('/2/rollback');
    await commands(1);
    await learner.step();
    expect(await answer).toMatchObject({ status: 200 });
    await learn(10, 12);
    const version = async (window: number) => (await get(`/at?time=${time(at(window) + 2560)}`)).body.version;
    expect([await version(7), await version(9), await version(10), await version(11)]).toEqual([2, 3, 2, 2]);
    await learn(12, 30);
    expect((await get('')).body.versions).toHaveLength(4);
    expect((await get('')).body.current).toBe(8);
    // Made behind the last window: it has answered none yet.
    expect(await version(29)).toBe(7);
    const removed = await get(`/at?time=${time(at(0) + 2560)}`);
    expect(removed).toMatchObject({ status: 404, body: { code: 'unknown_version' } });
    expect(removed.body.detail).toContain('Version 1 answered at 2026-01-01T00:00:02.560Z');
    expect(await get('/1/state')).toMatchObject({ status: 404, body: { code: 'unknown_version' } });
    expect(await post('/1/rollback', { dryRun: true })).toMatchObject({ status: 404 });
  });

  it('are made on request: stored as a command, answered when the learner has made it', async () => {
    await learn(0, 5);
    const answer = post('');
    expect(await commands(1)).toEqual([{ kind: 'snapshot' }]);
    await learner.step();
    expect(await answer).toMatchObject({
      status: 201,
      body: { version: 3, cause: 'request', parent: 2, alias: 'current' },
    });
  });
});

describe('the state of a version', () => {
  const state = (name: string) => fetch(`${gateway.url}/v1/models/${name}/state`);

  it('is answered as it was stored, with its digest as the entity tag', async () => {
    await learn(0, 10);
    const { digest } = (await get('/2')).body;
    for (const name of ['2', 'v2', 'previous']) {
      const response = await state(name);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      expect(response.headers.get('etag')).toBe(`"${String(digest)}"`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(artifacts.read(stateName(2)));
    }
    const current = await state('current');
    expect(new Uint8Array(await current.arrayBuffer())).toEqual(artifacts.read(stateName(3)));
  });

  it('is 404 of a version that does not exist', async () => {
    await learn(0, 10);
    expect(await get('/v9/state')).toMatchObject({ status: 404, body: { code: 'unknown_version' } });
  });

  it('is 409 where it is damaged or not there', async () => {
    await learn(0, 10);
    const damaged = {
      read: (name: string) =>
        name === stateName(1) ? new Uint8Array(9) : name === stateName(2) ? null : artifacts.read(name),
      remove: () => Promise.resolve(),
      write: () => Promise.resolve(),
    };
    await gateway.close();
    gateway = await startGateway({ log, clock, artifacts: damaged });
    while (!gateway.gateway.models.ready) await clock.turn();
    const { status, type, body } = await get('/v1/state');
    expect(status).toBe(409);
    expect(type).toContain('application/problem+json');
    expect(body.code).toBe('damaged_version');
    expect(await get('/v2/state')).toMatchObject({ status: 409, body: { code: 'missing_version' } });
  });
});

describe('a rollback', () => {
  it('answers only when the learner has said from which window on it holds', async () => {
    await learn(0, 10);
    const scores = await Promise.all(
      ['/3', '/2'].map(async (path) => (await get(path)).body.metrics as VersionManifest['metrics']),
    );
    expect(scores[0].accuracy).toBeGreaterThan(scores[1].accuracy);
    let answered = false;
    const answer = post('/v2/rollback', { reason: 'phone turned over' }).finally(() => (answered = true));
    expect(await commands(1)).toEqual([
      { kind: 'rollback', to: 2, learning: 'continue', reason: 'phone turned over' },
    ]);
    await settled();
    expect(answered).toBe(false);
    await learner.step();
    expect(await answer).toMatchObject({
      status: 200,
      body: {
        from: 3,
        to: 2,
        learning: 'continue',
        effectiveAt: { topic: 'windows', offset: 10 },
        diff: {
          windowsLearned: { from: 8, to: 4 },
          parent: { from: 2, to: 1 },
          classifier: { from: 'rls', to: 'rls' },
          featureSchema: { from: 'test-means', to: 'test-means' },
          classes: { added: [], removed: [] },
          metrics: {
            accuracy: { from: scores[0].accuracy, to: scores[1].accuracy },
            kappa: { from: scores[0].kappa, to: scores[1].kappa },
            macroF1: { from: scores[0].macroF1, to: scores[1].macroF1 },
          },
        },
      },
    });
    expect((await get('')).body).toMatchObject({ current: 2, previous: 3 });
    expect((await get('/3')).body).toMatchObject({ version: 3, alias: 'previous' });
  });

  it('names the activities that the version asked for does not know', async () => {
    await learn(0, 10);
    const { body } = await post('/1/rollback', { dryRun: true });
    expect(body).toMatchObject({ diff: { classes: { added: [], removed: ['walk', 'sit'] } } });
  });

  it('changes nothing in a dry run', async () => {
    await learn(0, 10);
    expect(await post('/1/rollback', { dryRun: true })).toMatchObject({
      status: 200,
      body: { from: 3, to: 1, effectiveAt: null },
    });
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });

  it('in a dry run is refused as the real one would be where the stored state is damaged', async () => {
    await learn(0, 10);
    const damaged = {
      read: (name: string) => (name === stateName(1) ? new Uint8Array(9) : artifacts.read(name)),
      remove: () => Promise.resolve(),
      write: () => Promise.resolve(),
    };
    await gateway.close();
    gateway = await startGateway({ log, clock, artifacts: damaged });
    while (!gateway.gateway.models.ready) await clock.turn();
    expect(await post('/1/rollback', { dryRun: true })).toMatchObject({
      status: 409,
      body: { code: 'damaged_version' },
    });
    expect(await post('/2/rollback', { dryRun: true })).toMatchObject({ status: 200 });
  });

  it('is 415 and changes nothing when its body is sent as anything but JSON', async () => {
    await learn(0, 10);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json-patch+json']) {
      const response = await fetch(`${gateway.url}/v1/models/1/rollback`, {
        method: 'POST',
        body: '{"dryRun":true}',
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(415);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' });
    }
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });

  it('reads a JSON body also where its type is written unusually', async () => {
    await learn(0, 10);
    const response = await fetch(`${gateway.url}/v1/models/1/rollback`, {
      method: 'POST',
      body: '{"dryRun":true}',
      headers: { 'content-type': 'Application/JSON;;charset=utf-8' },
    });
    expect(await response.json()).toMatchObject({ effectiveAt: null });
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });

  it('needs no body', async () => {
    await learn(0, 10);
    const answer = post('/1/rollback');
    expect(await commands(1)).toEqual([{ kind: 'rollback', to: 1, learning: 'continue', reason: null }]);
    await learner.step();
    expect((await answer).status).toBe(200);
  });

  it('to an unknown version is 404 and leaves no command', async () => {
    await learn(0, 10);
    expect(await post('/9/rollback')).toMatchObject({ status: 404, body: { code: 'unknown_version' } });
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });

  it('to a version of other features is 409 and leaves no command', async () => {
    await learn(0, 10);
    const manifest = {
      ...((await get('/3')).body as unknown as VersionManifest),
      version: 4,
      featureSchema: 'other',
    };
    const event: ModelEvent = { kind: 'created', manifest };
    const activated: ModelEvent = {
      kind: 'activated',
      by: 'rollback',
      from: 4,
      to: 3,
      learning: true,
      reason: null,
      logPosition: 10,
      command: 77,
    };
    const records = [event, activated].map((each) => ({ key: '', value: Buffer.from(JSON.stringify(each)) }));
    await learner.writer.commit({ appends: [{ topic: TOPICS.models, partition: 0, records }] });
    await settled();
    expect(await post('/4/rollback')).toMatchObject({ status: 409, body: { code: 'incompatible_features' } });
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });

  it('is 503 after 10 s without an answer, and says that the command stands', async () => {
    await learn(0, 10);
    const answer = post('/1/rollback');
    await commands(1);
    await settled();
    clock.advance(10_000);
    const { status, body } = await answer;
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'learner_silent' });
    expect(body.detail).toContain('commands/0');
    await learner.step();
    await settled();
    expect((await get('')).body).toMatchObject({ current: 1 });
  });

  it.each([
    ['learning: expected "continue" or "frozen"', { learning: 'sometimes' }],
    ['dryRun: expected true or false', { dryRun: 'yes' }],
    ['there is no field "to"', { to: 1 }],
  ])('is 400 and names the field: %s', async (detail, body) => {
    await learn(0, 10);
    const answer = await post('/1/rollback', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body.detail).toContain(detail);
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });
});

describe('learning', () => {
  it('is switched by a command, from a window on', async () => {
    await learn(0, 3);
    const answer = ask(`${gateway.url}/v1/models/learning`, 'PATCH', { enabled: false });
    expect(await commands(1)).toEqual([{ kind: 'learning', enabled: false }]);
    await learner.step();
    expect(await answer).toMatchObject({
      status: 200,
      body: { enabled: false, effectiveAt: { topic: 'windows', offset: 3 } },
    });
    expect(gateway.gateway.models.history.learning).toBe(false);
  });

  it('is 400 without saying which', async () => {
    const answer = await ask(`${gateway.url}/v1/models/learning`, 'PATCH', {});
    expect(answer).toMatchObject({
      status: 400,
      body: { detail: 'enabled: is missing: expected true or false' },
    });
  });
});

describe('a challenger', () => {
  it('is listed as such, answers nothing, and answers once it is promoted', async () => {
    await gateway.close();
    log = new MemoryLog({ now: () => 1000 });
    const challenge = { windows: 20, margin: 0, significance: 1 };
    const options = {
      ...{ classifier: classifierByName('majority'), challengers: [classifierByName('rls')] },
      ...{ challengeRules: challenge },
    };
    learner = await testLearner(log, artifacts, 1000, options);
    gateway = await startGateway({ log, clock, artifacts });
    await learn(0, 30);
    expect((await get('')).body).toMatchObject({
      ...{ current: 1, previous: null, challenger: 2 },
      versions: [{ version: 2, alias: 'challenger', cause: 'challenger', classifier: 'rls' }, { version: 1 }],
    });
    const promoted = post('/challenger/promote');
    expect(await commands(1)).toEqual([{ kind: 'promote', to: 2 }]);
    await learner.step();
    expect(await promoted).toMatchObject({
      status: 200,
      body: { from: 1, to: 2, effectiveAt: { topic: 'windows', offset: 30 } },
    });
    await settled();
    expect((await get('')).body).toMatchObject({ current: 2, previous: 1, challenger: null });
  });
});

describe('a request with an Idempotency-Key', () => {
  const rollback = (key: string, body: unknown = {}) =>
    fetch(`${gateway.url}/v1/models/2/rollback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });

  it('is done once, however often it comes, also after a restart of the gateway', async () => {
    await learn(0, 10);
    const first = rollback('a');
    await commands(1);
    const second = rollback('a');
    await learner.step();
    const answer: unknown = await (await first).json();
    expect(answer).toMatchObject({ from: 3, to: 2 });
    expect(await (await second).json()).toEqual(answer);
    await gateway.close();
    gateway = await startGateway({ log, clock, artifacts });
    await settled();
    expect(await (await rollback('a')).json()).toMatchObject({ from: 3, to: 2 });
    expect(await log.end(TOPICS.commands, 0)).toBe(1);
  });

  it('goes back once to the version that was previous when it first came', async () => {
    await learn(0, 10);
    const previous = () =>
      fetch(`${gateway.url}/v1/models/previous/rollback`, {
        method: 'POST',
        headers: { 'idempotency-key': 'p' },
      });
    const first = previous();
    await commands(1);
    await learner.step();
    const answer: unknown = await (await first).json();
    expect(answer).toMatchObject({ from: 3, to: 2 });
    await settled();
    expect((await get('')).body).toMatchObject({ current: 2, previous: 3 });
    const again = await previous();
    expect([again.status, await again.json()]).toEqual([200, answer]);
    expect(await log.end(TOPICS.commands, 0)).toBe(1);
  });

  it('gets the answer of the first also when the learner was silent at first', async () => {
    await learn(0, 10);
    const silent = rollback('s');
    await commands(1);
    await settled();
    clock.advance(10_000);
    expect((await silent).status).toBe(503);
    await learner.step();
    await settled();
    expect(await (await rollback('s')).json()).toMatchObject({ from: 3, to: 2 });
    expect(await log.end(TOPICS.commands, 0)).toBe(1);
    const events = await log.read(TOPICS.models, 0, 0, 1 << 20);
    expect(events.filter(({ value }) => Buffer.from(value).includes('"activated"'))).toHaveLength(1);
  });

  it('is refused when the key came with another request', async () => {
    await learn(0, 10);
    const first = rollback('a');
    await commands(1);
    await learner.step();
    await first;
    const other = await rollback('a', { learning: 'frozen' });
    expect([other.status, await other.json()]).toMatchObject([422, { code: 'idempotency_key_reused' }]);
    expect(await log.end(TOPICS.commands, 0)).toBe(1);
  });

  it.each(['', 'x'.repeat(129), 'a b'])('is refused when the key is %j', async (key) => {
    expect((await rollback(key)).status).toBe(400);
  });
});

describe('a request that is not right', () => {
  it('to promote what is no challenger is 409, and leaves no command', async () => {
    await learn(0, 10);
    expect(await post('/2/promote')).toMatchObject({ status: 409, body: { code: 'not_a_challenger' } });
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });

  it('gets a problem for a path that does not exist, a body that is no JSON, one that is too large', async () => {
    expect(await ask(`${gateway.url}/v1/nothing`)).toMatchObject({
      status: 404,
      type: expect.stringContaining('application/problem+json') as string,
    });
    const send = (body: string) =>
      fetch(`${gateway.url}/v1/models/1/rollback`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
    const broken = await send('{"learning":');
    expect(broken.status).toBe(400);
    expect(broken.headers.get('content-type')).toContain('application/problem+json');
    expect(await broken.text()).not.toContain('node_modules');
    expect((await send(JSON.stringify({ reason: 'x'.repeat(100_000) }))).status).toBe(413);
    expect(gateway.unforeseen).toEqual([]);
  });

  it('is refused to a page of another origin and to a name that is not loopback', async () => {
    const foreign = await fetch(`${gateway.url}/v1/models`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
    const { access } = gateway.gateway;
    const asked = { method: 'GET', url: '/v1/models' };
    const rebound = access.admit({ ...asked, headers: { host: 'rebound.example:3000' } });
    expect(rebound).toMatchObject({ status: 403 });
    const own = { host: 'localhost:3000', origin: 'http://localhost:3000' };
    expect(access.admit({ ...asked, headers: own })).toBe(Principal.local);
  });
});

describe('a full disk', () => {
  it('is a 503 with Retry-After, and no command stands', async () => {
    await gateway.close();
    const writer = await log.writer('gateway');
    const full = { ...writer, commit: () => Promise.reject(new LogFullError('no room')) };
    gateway = await startGateway({ log, clock, writer: full });
    const response = await fetch(`${gateway.url}/v1/models`, { method: 'POST' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('10');
    expect(await response.json()).toMatchObject({ code: 'log_full' });
    expect(await log.end(TOPICS.commands, 0)).toBe(0);
  });
});
