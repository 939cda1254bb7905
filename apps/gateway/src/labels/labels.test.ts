import { TOPICS, type LabelRecord } from '@hark/contracts';
import { MemoryArtifactStore, MemoryLog } from '@hark/streaming';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { samplesRecord } from '../testing/sample-records.js';
import { testLearner, windowRecord } from '../testing/test-learner.js';

const START = Date.UTC(2026, 0, 1);
const at = (window: number) => START + window * 2560;
const time = (window: number) => new Date(at(window)).toISOString();

let clock: ManualClock;
let log: MemoryLog;
let learner: Awaited<ReturnType<typeof testLearner>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeEach(async () => {
  clock = new ManualClock(1000);
  log = new MemoryLog({ now: () => 1000 });
  const artifacts = new MemoryArtifactStore();
  learner = await testLearner(log, artifacts, 1000);
  gateway = await startGateway({ log, clock, artifacts });
  const ingest = await log.writer('ingest');
  const windows = Array.from({ length: 10 }, (_, i) =>
    windowRecord({ startMs: at(i), ...(i < 6 ? {} : { label: null, features: Float64Array.of(5, 0, 9) }) }),
  );
  const samples = samplesRecord([{ ns: BigInt(START) * 1_000_000n }]);
  await ingest.commit({
    appends: [
      { topic: TOPICS.samples, partition: 0, records: [{ key: '', value: samples }] },
      { topic: TOPICS.windows, partition: 0, records: windows },
    ],
  });
  await learner.step();
  await settled();
});

afterEach(async () => {
  await gateway.close();
});

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await clock.turn();
}

async function stored(count: number): Promise<LabelRecord[]> {
  while ((await log.end(TOPICS.labels, 0)) < count) await clock.turn();
  const records = await log.read(TOPICS.labels, 0, 0, 1 << 20);
  return records.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as LabelRecord);
}

const url = () => `${gateway.url}/v1/labels`;
const walk = { user: 'a', from: time(6), to: time(9), activity: 'walk' };

describe('a label', () => {
  it.each([
    ['a name twice', '{"user":"b",'],
    ['__proto__', '{"__proto__":{"user":"b"},'],
  ])('with %s is refused and not stored', async (_what, begin) => {
    const response = await fetch(url(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(walk).replace('{', begin),
    });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'bad_request' }]);
    expect(await log.end(TOPICS.labels, 0)).toBe(0);
  });

  it('is stored, and answered with the windows that it was learned by', async () => {
    const answer = ask(url(), 'POST', walk);
    expect(await stored(1)).toEqual([
      {
        ...{ kind: 'label', user: 'a', device: null, activity: 'walk', source: 'user' },
        ...{ fromNs: `${at(6)}000000`, toNs: `${at(9)}000000` },
      },
    ]);
    await learner.step();
    expect(await answer).toMatchObject({
      status: 201,
      body: { id: '0', windows: 3, before: { windows: 3, right: 3 }, after: { windows: 3, right: 3 } },
    });
  });

  it('is for nanoseconds too, to the nanosecond', async () => {
    const answer = ask(url(), 'POST', {
      ...walk,
      from: '1424686733090638193',
      to: '2015-02-23T10:18:53.0906381947Z',
    });
    expect((await stored(1))[0]).toMatchObject({
      fromNs: '1424686733090638193',
      toNs: '1424686733090638194',
    });
    await learner.step();
    expect((await answer).status).toBe(201);
  });

  it('is taken back once', async () => {
    const answer = ask(url(), 'POST', walk);
    await stored(1);
    await learner.step();
    await answer;
    const undone = ask(`${url()}/0`, 'DELETE');
    expect((await stored(2))[1]).toEqual({ kind: 'undo', label: 0 });
    await learner.step();
    expect(await undone).toMatchObject({ status: 200, body: { id: '0', windows: 3 } });
    const again = ask(`${url()}/0`, 'DELETE');
    await stored(3);
    await learner.step();
    expect(await again).toMatchObject({ status: 404, body: { code: 'unknown_label' } });
  });

  it('of an erased user is unknown', async () => {
    await gateway.close();
    const erased = { topic: TOPICS.labels, partition: 0, records: [{ key: '', value: new Uint8Array(0) }] };
    await (await log.writer('gateway')).commit({ appends: [erased] });
    gateway = await startGateway({ log, clock, artifacts: new MemoryArtifactStore() });
    expect(await ask(`${url()}/0`, 'DELETE')).toMatchObject({ status: 404, body: { code: 'unknown_label' } });
  });

  it.each([
    [{ activity: 'swim' }, 400, 'activity: expected one of bike, sit, stand, walk, stairsup, stairsdown'],
    [{ from: time(9) }, 400, 'to: expected a time after "from"'],
    [{ from: '2026-01-01T00:00:00' }, 400, 'from: expected ISO 8601'],
    [{ from: 5 }, 400, 'from: expected ISO 8601'],
    [{ users: ['a'] }, 400, 'users'],
    [{ user: 'nobody' }, 404, 'no such user'],
    [{ device: 'nexus4_1' }, 404, 'no such device'],
  ])('is refused where it does not fit: %j', async (change, status, detail) => {
    const answer = await ask(url(), 'POST', { ...walk, ...change });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
    expect(await log.end(TOPICS.labels, 0)).toBe(0);
  });

  it.each(['x', '-1', '1e3', '99999999999999999'])('of the id %s is not found', async (id) => {
    expect(await ask(`${url()}/${id}`, 'DELETE')).toMatchObject({
      status: 404,
      body: { code: 'unknown_label' },
    });
    expect(await log.end(TOPICS.labels, 0)).toBe(0);
  });
});
