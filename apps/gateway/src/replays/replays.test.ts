import { TOPICS } from '@hark/contracts';
import { Principal, UserScope } from '@hark/service';
import { Runner, Windower, type MemoryArtifactStore, type MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveClient, ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { meanFeatures } from '../testing/mean-features.js';
import {
  RECORDED_FROM as START,
  RECORDED_SECONDS as SECONDS,
  RECORDED_WINDOWS as WINDOWS,
  recordedSession,
} from '../testing/recorded-session.js';
import type { testLearner } from '../testing/test-learner.js';

let clock: ManualClock;
let log: MemoryLog;
let artifacts: MemoryArtifactStore;
const stateName = (version: number) =>
  artifacts.names.find((name) => name.startsWith(`models/v${version}-`))!;
let learner: Awaited<ReturnType<typeof testLearner>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let session: string;

beforeEach(async () => {
  clock = new ManualClock(1_000_000);
  ({ log, artifacts, learner } = await recordedSession());
  gateway = await startGateway({ log, clock, artifacts, replayLimits: { active: 3, kept: 4 } });
  while (
    !gateway.gateway.models.ready ||
    [...gateway.gateway.sessions.newest(Infinity)][0]?.lastRecord !== SECONDS - 1
  )
    await clock.turn();
  session = ((await get('/v1/sessions?user=a')).body.sessions as { id: string }[])[0].id;
});

afterEach(async () => {
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

const get = (path: string) => ask(`${gateway.url}${path}`);
const post = (path: string, body: unknown) => ask(`${gateway.url}${path}`, 'POST', body);

interface View {
  readonly id: string;
  readonly status: string;
  readonly position: string | null;
  readonly effectiveSpeed: number | null;
  readonly predictions: number;
  readonly accuracy: number | null;
  readonly digest: string;
}

async function replay(request: Record<string, unknown> = {}): Promise<View> {
  const { status, body } = await post('/v1/replays', { session, ...request });
  expect(status).toBe(201);
  return body as unknown as View;
}

const view = (id: string) => gateway.gateway.replays.get(id, Principal.local);
const control = async (id: string, request: Record<string, unknown>) =>
  (await post(`/v1/replays/${id}/control`, request)).body as unknown as View;

async function settled(): Promise<void> {
  for (let i = 0; i < 100; i++) await clock.turn();
}

/** Turns the clock in small steps until the replay is over. */
async function playOut(id: string, stepMs = 250): Promise<View> {
  while (!['ended', 'failed'].includes(view(id).status)) {
    clock.advance(stepMs);
    await settled();
  }
  return view(id);
}

describe('a replay', () => {
  it('plays a session to its last window on a copy of the current version', async () => {
    const made = await replay({ speed: 'max' });
    const ended = await playOut(made.id);
    expect(ended).toMatchObject({
      session,
      model: 4,
      status: 'ended',
      predictions: WINDOWS,
      labelled: WINDOWS,
      unanswered: 0,
      accuracy: 1,
      reason: 'played_out',
      pending: null,
      position: '2026-01-01T00:00:59.980Z',
      error: null,
    });
    expect(ended.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('comes to the same digest at every speed, with pauses, and step by step', async () => {
    const max = await playOut((await replay({ speed: 'max' })).id);
    const eightfold = await playOut((await replay({ speed: 8 })).id);
    const paused = await replay({ speed: 40 });
    clock.advance(500);
    await settled();
    await control(paused.id, { command: 'pause' });
    const standing = view(paused.id).predictions;
    clock.advance(60_000);
    await settled();
    expect(view(paused.id)).toMatchObject({ status: 'paused', predictions: standing });
    expect(standing).toBeLessThan(WINDOWS);
    await control(paused.id, { command: 'play' });
    const resumed = await playOut(paused.id);
    const stepped = await replay({ speed: 1, paused: true });
    await control(stepped.id, { command: 'step' });
    await settled();
    const first = view(stepped.id);
    expect(first).toMatchObject({ status: 'paused' });
    expect(first.predictions).toBeGreaterThan(0);
    await control(stepped.id, { command: 'step' });
    await settled();
    expect(view(stepped.id).predictions).toBe(first.predictions + 1);
    await control(stepped.id, { command: 'play', speed: 'max' });
    const finished = await playOut(stepped.id);
    expect([eightfold, resumed, finished].map(({ digest }) => digest)).toEqual([
      max.digest,
      max.digest,
      max.digest,
    ]);
    expect(new Set([eightfold, resumed, finished].map(({ predictions }) => predictions))).toEqual(
      new Set([WINDOWS]),
    );
  });

  it('comes to another digest with another version', async () => {
    const newest = await playOut((await replay({ speed: 'max' })).id);
    const first = await playOut((await replay({ speed: 'max', model: 2 })).id);
    const again = await playOut((await replay({ speed: 'max', model: 'v2' })).id);
    expect(first.digest).not.toBe(newest.digest);
    expect(again.digest).toBe(first.digest);
  });

  it('measures its speed from where a seek has come to, and from where a step has', async () => {
    const { id } = await replay({ speed: 4 });
    await control(id, { command: 'seek', to: '2026-01-01T00:00:30Z' });
    for (let i = 0; i < 20; i++) {
      clock.advance(250);
      await settled();
    }
    expect(view(id)).toMatchObject({ position: '2026-01-01T00:00:49.980Z', effectiveSpeed: 4 });
    await control(id, { command: 'step' });
    await control(id, { command: 'play', speed: 2 });
    for (let i = 0; i < 4; i++) {
      clock.advance(500);
      await settled();
    }
    expect(view(id)).toMatchObject({ speed: 2, effectiveSpeed: 2 });
  });

  it('answers a command with the state that it has brought about', async () => {
    const { id } = await replay({ speed: 1, paused: true });
    const stepped = await control(id, { command: 'step' });
    expect(stepped).toMatchObject({ status: 'paused', pending: null });
    expect(stepped.predictions).toBeGreaterThan(0);
    const sought = await control(id, { command: 'seek', to: '2026-01-01T00:00:40Z' });
    expect(sought).toMatchObject({ status: 'paused', pending: null, position: '2026-01-01T00:00:39.980Z' });
    const back = await control(id, { command: 'seek', to: '2026-01-01T00:00:20Z' });
    expect(back).toMatchObject({ status: 'paused', pending: null, position: '2026-01-01T00:00:19.980Z' });
    const pending = clock.pending;
    expect(await control(id, { command: 'stop' })).toMatchObject({ status: 'ended', reason: 'stopped' });
    expect(clock.pending).toBe(pending);
  });

  it('goes back also when it has just been told to go forward', async () => {
    const { id } = await replay({ speed: 1, paused: true });
    await control(id, { command: 'seek', to: '2026-01-01T00:00:40Z' });
    const { replays } = gateway.gateway;
    const forward = replays.control(
      id,
      { command: 'seek', to: { ms: START + 50_000, subNs: 0 } },
      Principal.local,
    );
    const back = await replays.control(
      id,
      { command: 'seek', to: { ms: START + 10_000, subNs: 0 } },
      Principal.local,
    );
    await forward;
    expect(back.position).toBe('2026-01-01T00:00:09.980Z');
  });

  it('takes a speed with every command', async () => {
    const { id } = await replay({ speed: 1 });
    expect(await control(id, { command: 'pause', speed: 8 })).toMatchObject({ status: 'paused', speed: 8 });
    expect(await control(id, { command: 'seek', speed: 9, to: '2026-01-01T00:00:10Z' })).toMatchObject({
      speed: 9,
    });
  });

  it('keeps to the speed asked for in event time', async () => {
    const { id } = await replay({ speed: 4 });
    for (let i = 0; i < 50; i++) {
      clock.advance(100);
      await settled();
    }
    const { position, effectiveSpeed } = view(id);
    expect(Date.parse(position ?? '') - START).toBeGreaterThan(18_000);
    expect(Date.parse(position ?? '') - START).toBeLessThanOrEqual(22_000);
    expect(effectiveSpeed).toBeGreaterThan(3.6);
    expect(effectiveSpeed).toBeLessThan(4.4);
  });

  it('goes on after a pause where it stood, at the speed it had', async () => {
    const { id } = await replay({ speed: 1 });
    const play = async (ms: number): Promise<number> => {
      for (let i = 0; i < ms / 500; i++) {
        clock.advance(500);
        await settled();
      }
      return Date.parse(view(id).position ?? '') - START;
    };
    // The first second is played at once: time runs from the newest row of the first piece.
    expect(await play(5000)).toBe(5980);
    await control(id, { command: 'pause' });
    expect(await play(20_000)).toBe(5980);
    await control(id, { command: 'play' });
    expect(await play(5000)).toBe(10_980);
    expect(view(id).effectiveSpeed).toBe(1);
  });

  it('predicts what the live path predicts of the same samples', async () => {
    const ended = await playOut((await replay({ speed: 'max', model: 1, learn: true })).id);
    expect(ended.accuracy).toBeGreaterThan(0.5);
    const writer = await log.writer('ingest');
    const windows = new Runner({
      name: 'windower',
      log,
      writer,
      artifacts,
      processor: new Windower({}, meanFeatures),
      inputs: [{ topic: TOPICS.samples, partition: 0 }],
      maxStepBytes: 1 << 20,
      snapshotEveryBytes: 1 << 30,
      sleep: () => Promise.resolve(),
    });
    await windows.recover();
    const from = await log.end(TOPICS.windows, 0);
    while (await windows.step());
    await learner.step();
    const live = (await log.read(TOPICS.predictions, 0, 0, 1 << 24))
      .map(
        ({ value }) =>
          JSON.parse(Buffer.from(value).toString()) as { id: string; final: boolean; user: string },
      )
      .filter(({ final, user }) => final && user === 'a')
      .map(({ id }) => id);
    expect(from).toBe(12);
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s1', { channel: `replay:${ended.id}`, since: 'earliest' });
    await client.until(() => client.next('s1').length >= WINDOWS);
    client.close();
    const replayed = client.next('s1').map(({ payload }) => payload.id);
    // The live path has no tick, so its last windows are still open.
    expect(live.length).toBeGreaterThan(30);
    expect(replayed.slice(0, live.length)).toEqual(live);
  });

  it('touches no topic of the log but its own', async () => {
    const others = Object.values(TOPICS).filter((topic) => topic !== TOPICS.replays);
    const ends = () => Promise.all(others.map((topic) => log.end(topic, 0)));
    const before = await ends();
    await playOut((await replay({ speed: 'max', learn: true })).id);
    expect(await ends()).toEqual(before);
    expect(artifacts.names).toEqual([1, 2, 3, 4].map(stateName));
  });

  it('learns on its copy when asked to, and every pass of it the same', async () => {
    const once = await playOut((await replay({ speed: 'max', learn: true, model: 1 })).id);
    const twice = await playOut((await replay({ speed: 'max', learn: true, model: 1 })).id);
    const frozen = await playOut((await replay({ speed: 'max', model: 1 })).id);
    expect(twice.digest).toBe(once.digest);
    expect(frozen.digest).not.toBe(once.digest);
    expect(frozen).toMatchObject({ labelled: WINDOWS, unanswered: WINDOWS, accuracy: null });
  });

  it('is heard on a channel of its own, from the earliest prediction and with its own offsets', async () => {
    const { id } = await playOut((await replay({ speed: 'max' })).id);
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s1', { channel: `replay:${id}`, since: 'earliest', mode: 'update' });
    client.subscribe('s2', { channel: `replay:${id}`, since: 'earliest' });
    await client.until(() => client.next('s2').length === WINDOWS);
    client.close();
    const all = client.next('s1');
    expect(client.offsets('s1')).toEqual(all.map((_, i) => i));
    expect(all.length).toBeGreaterThan(WINDOWS);
    expect(all[0]).toMatchObject({ epoch: id, payload: { source: `replay:${id}`, latencyMs: 0, user: 'a' } });
  });

  it('says the time of its beginning in place of the session when shifted, with the same digest', async () => {
    const plain = await playOut((await replay({ speed: 'max' })).id);
    const shifted = await playOut((await replay({ speed: 'max', timeMode: 'shift' })).id);
    expect(shifted.digest).toBe(plain.digest);
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s1', { channel: `replay:${shifted.id}`, since: 'earliest' });
    await client.until(() => client.next('s1').length > 0);
    client.close();
    const { window } = client.next('s1')[0].payload as { window: { start: string } };
    expect(Math.abs(Date.parse(window.start) - 1_000_000)).toBeLessThan(60_000);
  });

  it('goes forward and back to an event time, and back means from the start', async () => {
    const max = await playOut((await replay({ speed: 'max' })).id);
    const { id } = await replay({ speed: 1, paused: true });
    await control(id, { command: 'seek', to: '2026-01-01T00:00:40.000Z' });
    await settled();
    expect(Date.parse(view(id).position ?? '') - START).toBeGreaterThan(38_000);
    const far = view(id).predictions;
    await control(id, { command: 'seek', to: '2026-01-01T00:00:20.000Z' });
    await settled();
    expect(Date.parse(view(id).position ?? '') - START).toBeLessThan(20_000);
    expect(view(id).predictions).toBeLessThan(far);
    await control(id, { command: 'play', speed: 'max' });
    expect((await playOut(id)).digest).toBe(max.digest);
  });

  it('plays a part of the session between two instants', async () => {
    const { id } = await replay({
      speed: 'max',
      start: '2026-01-01T00:00:10Z',
      end: `${BigInt(START + 20_000) * 1_000_000n}`,
    });
    expect(await playOut(id)).toMatchObject({ status: 'ended', position: '2026-01-01T00:00:19.980Z' });
    expect(view(id).predictions).toBeLessThan(12);
  });

  it('begins again at the end in a loop, until it is stopped', async () => {
    const { id } = await replay({ speed: 'max', loop: true });
    while (view(id).passes < 3) await clock.turn();
    expect(view(id).status).toBe('playing');
    await control(id, { command: 'stop' });
    await settled();
    expect(view(id).status).toBe('ended');
  });

  it('ends a loop whose pass comes to no prediction instead of spinning', async () => {
    const { id } = await replay({
      speed: 'max',
      loop: true,
      start: `${BigInt(START) * 1_000_000n + 1n}`,
      end: `${BigInt(START) * 1_000_000n + 2n}`,
    });
    await settled();
    expect(view(id)).toMatchObject({ status: 'ended', reason: 'no_predictions', passes: 1, predictions: 0 });
  });

  it('says complete on its channel when it is over, behind its last prediction, and when it is deleted', async () => {
    const client = await LiveClient.open(gateway.live);
    const { id } = await replay({ paused: true });
    client.subscribe('s1', { channel: `replay:${id}`, since: 'earliest' });
    const completed = (key: string) =>
      client.until((heard) => heard.some((each) => each.type === 'complete' && each.id === key));
    await client.until((heard) => heard.some(({ type }) => type === 'subscribed'));
    await control(id, { command: 'play', speed: 'max' });
    await completed('s1');
    expect(client.next('s1').length).toBe(WINDOWS);
    expect(client.heard.at(-1)).toEqual({ type: 'complete', id: 's1' });
    client.subscribe('s1', { channel: `replay:${id}`, since: 'earliest' });
    await client.until(() => client.next('s1').length === 2 * WINDOWS);
    const second = await replay({ paused: true });
    client.subscribe('s2', { channel: `replay:${second.id}` });
    await client.until((heard) => heard.some((each) => each.type === 'subscribed' && each.id === 's2'));
    await ask(`${gateway.url}/v1/replays/${second.id}`, 'DELETE');
    await completed('s2');
    client.close();
  });

  it('ends its stream of events with complete', async () => {
    const { id } = await playOut((await replay({ speed: 'max' })).id);
    const text = await (await fetch(`${gateway.url}/v1/events?channel=replay:${id}&since=earliest`)).text();
    expect(text.split('\n\n').filter((each) => each.includes('"final":true')).length).toBe(WINDOWS);
    expect(text).toMatch(/\n\nevent: complete\ndata: \{\}\n\n$/);
  });

  it('ends when stopped on the way, and takes no more commands', async () => {
    const { id } = await replay({ speed: 1 });
    clock.advance(5000);
    await settled();
    const { pending } = clock;
    await control(id, { command: 'stop' });
    await settled();
    expect(view(id).status).toBe('ended');
    expect(view(id).predictions).toBeLessThan(WINDOWS);
    expect(await post(`/v1/replays/${id}/control`, { command: 'play' })).toMatchObject({
      status: 409,
      body: { code: 'replay_over' },
    });
    // Its own timer is gone.
    expect(clock.pending).toBe(pending - 1);
  });

  it('lets other work have its turn while it plays as fast as it can', async () => {
    const before = clock.turns;
    const { id } = await replay({ speed: 'max' });
    while (view(id).status === 'playing') await new Promise((resolve) => setImmediate(resolve));
    // 60 pieces of 50 rows, at most 32 in a turn.
    expect(clock.turns - before).toBeGreaterThanOrEqual(1);
    expect(view(id).predictions).toBe(WINDOWS);
  });

  it('is listed, newest first, and gone when deleted, with its channel', async () => {
    const first = await replay({ speed: 1 });
    const second = await replay({ speed: 1, paused: true });
    const ids = async () => ((await get('/v1/replays')).body.replays as View[]).map(({ id }) => id);
    expect(await ids()).toEqual([second.id, first.id]);
    expect((await ask(`${gateway.url}/v1/replays/${first.id}`, 'DELETE')).status).toBe(204);
    expect(await ids()).toEqual([second.id]);
    expect((await get(`/v1/replays/${first.id}`)).status).toBe(404);
    expect(gateway.gateway.hub.feed(`replay:${first.id}`, UserScope.all)).toBe(undefined);
  });

  it('makes room by forgetting the earliest that is over, and is 429 when none is', async () => {
    const over = await playOut((await replay({ speed: 'max' })).id);
    for (let i = 0; i < 3; i++) await replay({ speed: 1, paused: true });
    expect((await post('/v1/replays', { session })).body).toMatchObject({
      status: 429,
      code: 'too_many_replays',
    });
    expect((await get(`/v1/replays/${over.id}`)).status).toBe(200);
    const response = await fetch(`${gateway.url}/v1/replays`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ session }),
    });
    expect(response.headers.get('retry-after')).toBe('10');
    const last = gateway.gateway.replays.list(Principal.local).replays[0].id;
    await control(last, { command: 'stop' });
    await settled();
    await replay({ paused: true });
    expect((await get(`/v1/replays/${over.id}`)).status).toBe(404);
  });

  it.each([
    [404, 'unknown_session', { session: '0123456789abcdef' }],
    [404, 'unknown_version', { model: 99 }],
    [400, 'invalid_request', { speed: 0 }],
    [400, 'invalid_request', { speed: 'warp' }],
    [400, 'invalid_request', { session: '../../etc/passwd' }],
    [400, 'invalid_request', { start: 'noon' }],
    [400, 'invalid_request', { start: '2026-01-01T00:00:20Z', end: '2026-01-01T00:00:20Z' }],
    [400, 'invalid_request', { start: '2026-01-01T00:01:00Z' }],
    [400, 'invalid_request', { end: '2026-01-01T00:00:00Z' }],
  ])('is refused with %i %s: %j', async (status, code, request) => {
    expect(await post('/v1/replays', { session, ...request })).toMatchObject({ status, body: { code } });
  });

  it.each([
    ['session: expected the id of a session: 16 digits of 0-9 and a-f', { session: 'x' }],
    ['speed: expected a number above 0 and up to 1,000,000, or "max"', { speed: 0 }],
    ['start: expected to be before end', { start: '2', end: '1' }],
    [
      'start: nothing of the session is in this range; it was recorded from 2026',
      { start: '2027-01-01T00:00:00Z' },
    ],
    ['timeMode: expected "preserve" or "shift"', { timeMode: 'x' }],
    ['there is no field "sped"', { sped: 1 }],
  ])('says what would be right: %s', async (detail, request) => {
    expect((await post('/v1/replays', { session, ...request })).body.detail).toContain(detail);
  });

  it('is refused with 409 when the state of the version is not what its manifest says', async () => {
    const reading = {
      read: (name: string) => (name === stateName(4) ? new Uint8Array(9) : artifacts.read(name)),
    };
    await gateway.close();
    gateway = await startGateway({
      log,
      clock,
      artifacts: { ...reading, remove: () => Promise.resolve(), write: () => Promise.resolve() },
    });
    while (!gateway.gateway.models.ready) await clock.turn();
    const { status, body } = await post('/v1/replays', { session, model: 4 });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'damaged_version' });
    expect(body.detail).toContain('models/v4-');
  });
});

describe('a comparison', () => {
  it('puts the versions side by side, with the windows on which they differ', async () => {
    const alone = await playOut((await replay({ speed: 'max', model: 4 })).id);
    const { status, body } = await post('/v1/replays/compare', { session, models: [1, 'current', 3] });
    expect(status).toBe(200);
    const { results, different, differences } = body as unknown as {
      results: { model: number; accuracy: number; digest: string; predictions: number }[];
      different: number;
      differences: { id: string; label: string; activities: string[] }[];
    };
    expect(results.map(({ model }) => model)).toEqual([1, 4, 3]);
    expect(results.map(({ predictions }) => predictions)).toEqual([WINDOWS, WINDOWS, WINDOWS]);
    expect(results[1]).toMatchObject({ accuracy: 1, digest: alone.digest });
    expect(results[0]).toMatchObject({ labelled: WINDOWS, unanswered: WINDOWS, accuracy: null });
    expect(different).toBe(WINDOWS);
    expect(differences[0]).toMatchObject({ label: 'walk', activities: ['unknown', 'walk', 'walk'] });
  });
});

describe('a replay under a retention', () => {
  it('plays what is kept of its session when it is made', async () => {
    await (await log.writer('ingest')).trim(TOPICS.samples, 0, SECONDS / 2);
    const { id } = await replay({ speed: 'max' });
    while (((await get(`/v1/replays/${id}`)).body as unknown as View).status === 'playing')
      await clock.turn();
    const { status, predictions } = (await get(`/v1/replays/${id}`)).body as unknown as View;
    expect(status).toBe('ended');
    expect(predictions).toBeGreaterThan(0);
    expect(predictions).toBeLessThan(0.6 * WINDOWS);
  });

  it('fails, and says why, when its samples go before it plays them again', async () => {
    const { id } = await replay({ speed: 'max', loop: true });
    await (await log.writer('ingest')).trim(TOPICS.samples, 0, SECONDS / 2);
    while (((await get(`/v1/replays/${id}`)).body as unknown as View).status === 'playing')
      await clock.turn();
    expect((await get(`/v1/replays/${id}`)).body).toMatchObject({
      status: 'failed',
      error: `samples is kept from ${SECONDS / 2} on: 0 is older than the retention`,
    });
  });

  it('is of no session that is gone', async () => {
    await (await log.writer('ingest')).trim(TOPICS.samples, 0, SECONDS);
    expect(await post('/v1/replays', { session })).toMatchObject({
      status: 404,
      body: { code: 'unknown_session' },
    });
  });
});
