import { TOPICS } from '@hark/contracts';
import { Principal } from '@hark/service';
import { LogFullError, type LogWriter, type MemoryArtifactStore, type MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveClient, ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { meanFeatures } from '../testing/mean-features.js';
import { RECORDED_WINDOWS, recordedSession } from '../testing/recorded-session.js';
import type { GatewayOptions } from '../gateway.js';

let clock: ManualClock;
let log: MemoryLog;
let artifacts: MemoryArtifactStore;
const stateName = (version: number) =>
  artifacts.names.find((name) => name.startsWith(`models/v${version}-`))!;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let session: string;

beforeEach(async () => {
  clock = new ManualClock(1_000_000);
  ({ log, artifacts } = await recordedSession());
  gateway = await startGateway({ log, clock, artifacts });
  while ([...gateway.gateway.sessions.newest(Infinity)].length < 2) await clock.turn();
  await settled();
  session = ((await ask(`${gateway.url}/v1/sessions?user=a`)).body.sessions as { id: string }[])[0].id;
});

afterEach(async () => {
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

const view = (id: string) => gateway.gateway.replays.get(id, Principal.local);

async function replay(request: Record<string, unknown>): Promise<string> {
  const { status, body } = await ask(`${gateway.url}/v1/replays`, 'POST', { session, ...request });
  expect(status).toBe(201);
  return body.id;
}

const control = async (id: string, request: Record<string, unknown>) =>
  (await ask(`${gateway.url}/v1/replays/${id}/control`, 'POST', request)).body as unknown;

async function settled(): Promise<void> {
  for (let i = 0; i < 100; i++) await clock.turn();
}

/** Time passes in steps of a quarter of a second. */
async function pass(ms: number): Promise<void> {
  for (let i = 0; i < ms / 250; i++) {
    clock.advance(250);
    await settled();
  }
}

async function playOut(id: string) {
  while (!['ended', 'failed'].includes(view(id).status)) await pass(250);
  return view(id);
}

/** The process is gone without a word: nothing it does from now on reaches the log. */
async function kill(options: Partial<GatewayOptions> = {}): Promise<void> {
  const killed = gateway;
  gateway = await startGateway({ log, clock, artifacts, ...options });
  while (!gateway.gateway.models.ready) await clock.turn();
  await killed.close().catch(() => undefined);
  await settled();
}

/** The process ends as it was asked to. */
async function restart(options: Partial<GatewayOptions> = {}): Promise<void> {
  await gateway.close();
  gateway = await startGateway({ log, clock, artifacts, ...options });
  await settled();
}

describe('a replay, when its gateway is killed,', () => {
  it.each([1, 4, 'max'] as const)('comes to the same digest at speed %s after five kills', async (speed) => {
    const undisturbed = await playOut(await replay({ speed: 'max', model: 2, learn: true }));
    expect(undisturbed.predictions).toBe(RECORDED_WINDOWS);
    const id = await replay({ speed, model: 2, learn: true });
    for (let kills = 0; kills < 5; kills++) {
      await pass(speed === 'max' ? 0 : 8000 / speed);
      await kill();
    }
    const { digest, predictions, reason, accuracy } = await playOut(id);
    expect({ digest, predictions, reason, accuracy }).toEqual({
      ...{ digest: undisturbed.digest, accuracy: undisturbed.accuracy },
      ...{ predictions: RECORDED_WINDOWS, reason: 'played_out' },
    });
  });

  it('is taken up at most 5 s of wall clock before where it was, and goes on at its speed', async () => {
    const id = await replay({ speed: 2 });
    await pass(12_000);
    const before = Date.parse(view(id).position ?? '');
    await kill();
    expect(view(id)).toMatchObject({ status: 'playing', pending: null, speed: 2 });
    const after = Date.parse(view(id).position ?? '');
    expect(after).toBeLessThanOrEqual(before);
    expect(after).toBeGreaterThanOrEqual(before - 2 * 6000);
    await pass(6000);
    expect(view(id).effectiveSpeed).toBeCloseTo(2, 1);
  });

  it('stands where a command has brought it, paused, at the speed given', async () => {
    const id = await replay({ speed: 1 });
    await control(id, { command: 'seek', to: '2026-01-01T00:00:30Z' });
    await control(id, { command: 'pause', speed: 8 });
    const before = view(id);
    await kill();
    expect(view(id)).toEqual({ ...before, effectiveSpeed: null });
    await pass(20_000);
    expect(view(id).position).toBe(before.position);
  });

  it('says each prediction once to somebody who resumes, also where it had been sent back', async () => {
    const id = await replay({ speed: 1, paused: true });
    await control(id, { command: 'seek', to: '2026-01-01T00:00:40Z' });
    await control(id, { command: 'seek', to: '2026-01-01T00:00:10Z' });
    await control(id, { command: 'play' });
    let client = await LiveClient.open(gateway.live);
    client.subscribe('s', { channel: `replay:${id}`, since: 'earliest' });
    const heard: { offset: number; payload: Record<string, unknown> }[] = [];
    for (let kills = 0; kills < 2; kills++) {
      await pass(12_000);
      await client.until(() => client.next('s').length > 3);
      client.close();
      heard.push(...client.next('s'));
      const { epoch, offset } = client.next('s').at(-1) as { epoch: string; offset: number };
      await kill();
      client = await LiveClient.open(gateway.live);
      client.subscribe('s', { channel: `replay:${id}`, since: { epoch, offset } });
    }
    await playOut(id);
    await client.until((all) => all.some(({ type }) => type === 'complete'));
    heard.push(...client.next('s'));
    client.close();
    expect(client.heard.filter(({ type }) => type === 'gap' || type === 'error')).toEqual([]);
    const ids = heard.map(({ payload }) => payload.id);
    // The pass that was given up on the way, then the whole session.
    const again = ids.lastIndexOf(ids[0]);
    expect(ids.slice(again)).toHaveLength(RECORDED_WINDOWS);
    expect(ids.slice(0, again)).toEqual(ids.slice(again, again + again));
    expect(new Set(heard.map(({ offset }) => offset)).size).toBe(heard.length);
  });

  it('goes on in its loop', async () => {
    const id = await replay({ speed: 20, loop: true });
    await pass(9000);
    expect(view(id).passes).toBeGreaterThan(1);
    await kill();
    expect(view(id).passes).toBeGreaterThan(0);
    await pass(5000);
    expect(view(id)).toMatchObject({ status: 'playing', reason: null });
  });

  it('keeps its result when it was over, and says that its predictions are gone', async () => {
    const ended = await playOut(await replay({ speed: 'max', timeMode: 'shift' }));
    await settled();
    await kill();
    expect(view(ended.id)).toEqual(ended);
    expect(
      await ask(`${gateway.url}/v1/replays/${ended.id}/control`, 'POST', { command: 'play' }),
    ).toMatchObject({ status: 409, body: { code: 'replay_over' } });
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s', { channel: `replay:${ended.id}`, since: 'earliest' });
    await client.until((all) => all.some(({ type }) => type === 'complete'));
    client.close();
    expect(client.heard.map(({ type }) => type)).toEqual(['connection_ack', 'subscribed', 'gap', 'complete']);
  });

  it('is gone when it was deleted', async () => {
    const id = await replay({ speed: 1 });
    expect((await ask(`${gateway.url}/v1/replays/${id}`, 'DELETE')).status).toBe(204);
    await kill();
    expect((await ask(`${gateway.url}/v1/replays/${id}`)).status).toBe(404);
  });

  it('fails and says why where its version is not there any more', async () => {
    const id = await replay({ speed: 1 });
    await pass(3000);
    await control(id, { command: 'pause' });
    const { position } = view(id);
    await artifacts.remove(stateName(4));
    await kill();
    expect(view(id)).toMatchObject({ status: 'failed', reason: 'failed', position });
    expect(view(id).error).toContain('models/v4-');
  });

  it('fails and says why where settings would change its predictions', async () => {
    const id = await replay({ speed: 1 });
    await pass(3000);
    await kill({
      replayModel: { windows: {}, features: () => meanFeatures, learning: { confidenceThreshold: 0.9 } },
    });
    expect(view(id)).toMatchObject({ status: 'failed', reason: 'failed' });
    expect(view(id).error).toContain('other settings');
  });
});

describe('a replay, when its gateway ends as asked,', () => {
  it('goes on exactly where it stood, to the same digest', async () => {
    const undisturbed = await playOut(await replay({ speed: 'max' }));
    const id = await replay({ speed: 4 });
    await pass(5000);
    const before = view(id);
    await restart();
    expect(view(id)).toEqual({ ...before, effectiveSpeed: null });
    expect((await playOut(id)).digest).toBe(undisturbed.digest);
  });

  it('does not tell its subscribers that it is over', async () => {
    const id = await replay({ speed: 1 });
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s', { channel: `replay:${id}` });
    await client.until((all) => all.some(({ type }) => type === 'subscribed'));
    await restart();
    await client.closed;
    expect(client.heard.filter(({ type }) => type === 'complete')).toEqual([]);
  });
});

describe('a full disk', () => {
  it('is a 503 to a new replay, of which nothing stands, and stops none that plays', async () => {
    const id = await replay({ speed: 4 });
    const other = await log.writer('gateway');
    let full = true;
    const writer: LogWriter = {
      commit: (commit) => (full ? Promise.reject(new LogFullError('no room')) : other.commit(commit)),
      durable: () => other.durable(),
      runnerState: (name) => other.runnerState(name),
      close: () => other.close(),
    };
    const killed = gateway;
    gateway = await startGateway({ log, clock, artifacts, writer });
    await killed.close().catch(() => undefined);
    const refused = await ask(`${gateway.url}/v1/replays`, 'POST', { session });
    expect(refused).toMatchObject({ status: 503, body: { code: 'log_full' } });
    expect(gateway.gateway.replays.size).toBe(1);
    expect((await playOut(id)).reason).toBe('played_out');
    full = false;
    const records = await log.read(TOPICS.replays, 0, 0, 1 << 20);
    expect(
      records.map(({ value }) => (JSON.parse(Buffer.from(value).toString()) as { kind: string }).kind),
    ).toEqual(['begun']);
  });
});
