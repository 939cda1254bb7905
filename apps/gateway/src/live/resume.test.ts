import { TOPICS } from '@hark/contracts';
import { MemoryLog, type NewRecord } from '@hark/streaming';
import { expect, it } from 'vitest';
import { LiveClient, startGateway } from '../testing/gateway-harness.js';
import { madeUpPredictions } from '../testing/made-up-predictions.js';
import { ManualClock } from '../testing/manual-clock.js';
import { storedPrediction } from '../testing/stored-predictions.js';

const CUTS = 50;
const TOTAL = 3000;

const alert = (i: number): NewRecord => ({
  key: '',
  value: new TextEncoder().encode(
    JSON.stringify({ id: `x${i}`, data: { scope: { users: ['u0'], devices: [] } } }),
  ),
});

type Heard = ReturnType<LiveClient['next']>;
const told = (heard: Heard) => heard.map(({ offset, payload }) => [offset, payload]);

it.each([
  { channel: 'predictions' },
  { channel: 'predictions', mode: 'update', users: ['u1'] },
  { channel: 'transitions' },
  { channel: 'transitions', mode: 'update', minConfidence: 0.7, dwellMs: 0, devices: ['watch'] },
  { channel: 'fused' },
  { channel: 'fused', mode: 'update', users: ['u0', 'u2'] },
  { channel: 'alerts' },
])('fifty cuts, and restarts of the gateway, lose and repeat nothing: %o', async (payload) => {
  const clock = new ManualClock(1_700_000_000_000);
  const log = new MemoryLog({ now: () => clock.now(), epoch: 'e1' });
  const learner = await log.writer('learner');
  const start = () => startGateway({ log, clock, snapshotEveryBytes: 100_000, maxStepBytes: 20_000 });
  const records = madeUpPredictions(TOTAL);
  let written = 0;
  const write = async (count: number): Promise<void> => {
    const more = records.slice(written, written + count);
    const alerts = more.flatMap((_, i) => ((written + i) % 20 === 0 ? [alert(written + i)] : []));
    written += more.length;
    await learner.commit({
      appends: [
        { topic: TOPICS.predictions, partition: 0, records: more },
        { topic: TOPICS.alerts, partition: 0, records: alerts },
      ],
    });
  };
  let seed = 11;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let gateway = await start();
  const got: Heard = [];
  let since: unknown = 'earliest';
  for (let cut = 0; cut < CUTS; cut++) {
    const client = await LiveClient.open(gateway.live);
    client.subscribe('s1', { ...payload, since });
    for (let i = random(4); i >= 0; i--) {
      await write(random(30));
      for (let turns = random(6); turns > 0; turns--) await clock.turn();
    }
    client.close();
    await client.closed;
    const heard = client.next('s1');
    got.push(...heard);
    const last = heard.at(-1);
    if (last !== undefined) since = { epoch: last.epoch, offset: last.offset };
    if (cut % 20 === 19) {
      await gateway.close();
      gateway = await start();
    }
  }
  await write(TOTAL);
  const rest = await LiveClient.open(gateway.live);
  const whole = await LiveClient.open(gateway.live);
  rest.subscribe('s1', { ...payload, since });
  whole.subscribe('s1', { ...payload, since: 'earliest' });
  expect(await log.end(TOPICS.predictions, 0)).toBe(TOTAL);
  const live = () => Object.values(gateway.gateway.hub.counts())[0]?.live === 2;
  while (!live()) await clock.turn();
  for (const client of [rest, whole]) {
    client.say({ type: 'ping' });
    await client.until((heard) => heard.at(-1)?.['type'] === 'pong');
  }
  expect(told([...got, ...rest.next('s1')])).toEqual(told(whole.next('s1')));
  expect(whole.next('s1').length).toBeGreaterThan(20);
  expect(got.length).toBeGreaterThan(10);
  for (const client of [rest, whole]) client.close();
  await gateway.close();
});

it('a snapshot is the newest of each device and then the stream, also behind a restart', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const log = new MemoryLog({ now: () => clock.now(), epoch: 'e1' });
  const learner = await log.writer('learner');
  const records = madeUpPredictions(400);
  const write = (from: number, to: number) =>
    learner.commit({
      appends: [{ topic: TOPICS.predictions, partition: 0, records: records.slice(from, to) }],
    });
  await write(0, 300);
  for (const round of [1, 2]) {
    const gateway = await startGateway({ log, clock });
    while ((await gateway.gateway.lag())['live'] !== 0) await clock.turn();
    const client = await LiveClient.open(gateway.live);
    client.subscribe('append', { channel: 'predictions', snapshot: true });
    client.subscribe('update', { channel: 'predictions', mode: 'update', snapshot: true, users: ['u1'] });
    client.subscribe('fused', { channel: 'fused', snapshot: true });
    await client.until(() => client.next('fused').length === 3);
    const last = (final: boolean, wanted: (user: string) => boolean) => {
      const newest = new Map<string, number>();
      records.slice(0, 300).forEach(({ key, value }, offset) => {
        const text = new TextDecoder().decode(value);
        if ((!final || text.includes('"final":true')) && wanted(key.split('\u0000')[0]))
          newest.set(key, offset);
      });
      return [...newest.values()].sort((a, b) => a - b);
    };
    await client.until(() => client.next('append').length === 6 && client.next('update').length === 2);
    expect(client.offsets('append')).toEqual(last(true, () => true));
    expect(client.offsets('update')).toEqual(last(false, (user) => user === 'u1'));
    expect(
      client.heard
        .filter(({ type }) => type === 'next')
        .every((each) => JSON.stringify(each).includes('"snapshot":true')),
    ).toBe(true);
    expect(
      client
        .next('fused')
        .map(({ payload }) => payload['user'])
        .sort(),
    ).toEqual(['u0', 'u1', 'u2']);
    if (round === 2) {
      await write(300, 400);
      await client.until(() => (client.offsets('fused').at(-1) ?? 0) > 390);
      const streamed = client.next('append').slice(6);
      expect(streamed[0].offset).toBeGreaterThanOrEqual(300);
      expect(streamed.some(({ payload }) => payload['snapshot'] === true)).toBe(false);
    }
    client.close();
    await gateway.close();
  }
});

it('a device silent for longer than the limit is told once as stale to update subscribers, and in snapshots', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const log = new MemoryLog({ now: () => clock.now(), epoch: 'e1' });
  const learner = await log.writer('learner');
  const write = (records: NewRecord[]) =>
    learner.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records }] });
  const gateway = await startGateway({ log, clock, staleAfterMs: 10_000 });
  const client = await LiveClient.open(gateway.live);
  client.subscribe('update', { channel: 'predictions', mode: 'update' });
  client.subscribe('append', { channel: 'predictions' });
  await client.until((heard) => heard.filter(({ type }) => type === 'subscribed').length === 2);
  const first = storedPrediction({ device: 'd1' });
  const second = storedPrediction({ device: 'd2' });
  const caughtUp = async () => {
    while ((await gateway.gateway.lag())['live'] !== 0) await clock.turn();
    for (let i = 0; i < 10; i++) await clock.turn();
  };
  await write([first]);
  await caughtUp();
  clock.advance(9_000);
  await write([second]);
  await caughtUp();
  await client.until(() => client.next('update').length === 2);
  clock.advance(2_000);
  await client.until(() => client.next('update').length === 3);
  const stale = client.next('update')[2];
  expect(stale).toMatchObject({ offset: 1, payload: { state: 'stale', reason: 'no_data' } });
  expect(stale.payload['id']).toBe(client.next('update')[0].payload['id']);
  clock.advance(9_000);
  await client.until(() => client.next('update').length === 4);
  client.subscribe('snapshot', { channel: 'predictions', mode: 'update', snapshot: true });
  await client.until(() => client.next('snapshot').length === 2);
  expect(client.next('snapshot').map(({ payload }) => payload['state'])).toEqual(['stale', 'stale']);
  expect(client.next('update')).toHaveLength(4);
  expect(client.next('append').every(({ payload }) => payload['state'] !== 'stale')).toBe(true);
  client.close();
  await gateway.close();
});

it('progress says once a second how fast records come and how many wait', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const log = new MemoryLog({ now: () => clock.now(), epoch: 'e1' });
  const learner = await log.writer('learner');
  const gateway = await startGateway({ log, clock });
  const client = await LiveClient.open(gateway.live);
  client.subscribe('s1', { channel: 'progress' });
  await client.until((heard) => heard.some(({ type }) => type === 'subscribed'));
  for (let i = 0; i < 20; i++) await clock.turn();
  await learner.commit({
    appends: [{ topic: TOPICS.predictions, partition: 0, records: madeUpPredictions(30) }],
    step: { runner: 'learner', inputs: [{ topic: TOPICS.windows, partition: 0, from: 0, to: 30 }] },
  });
  while (Object.values(await gateway.gateway.lag()).some((lag) => lag > 0)) await clock.turn();
  clock.advance(1000);
  await client.until(() => client.next('s1').length === 1);
  expect(client.next('s1')[0].payload).toMatchObject({
    kind: 'progress',
    at: '2023-11-14T22:13:21.000Z',
    apps: [
      { app: 'ingest', recordsPerSecond: 0, lagRecords: null },
      { app: 'learner', recordsPerSecond: 30, lagRecords: 0 },
      { app: 'gateway', recordsPerSecond: 30, lagRecords: 0 },
    ],
    topics: { predictions: { records: 30, perSecond: 30 } },
    live: { subscriptions: 1 },
  });
  client.close();
  await gateway.close();
});

it.each([
  { channel: 'predictions', mode: 'update' },
  { channel: 'transitions', dwellMs: 0 },
  { channel: 'fused' },
])(
  'of a log that was trimmed, says that an older cursor has expired and begins with the first kept: %o',
  async (payload) => {
    const clock = new ManualClock(1_700_000_000_000);
    const log = new MemoryLog({ now: () => clock.now(), epoch: 'e1' });
    const learner = await log.writer('learner');
    await learner.commit({
      appends: [{ topic: TOPICS.predictions, partition: 0, records: madeUpPredictions(9000) }],
    });
    const gateway = await startGateway({ log, clock });
    while ((await gateway.gateway.lag())['live'] !== 0) await clock.turn();
    await learner.trim(TOPICS.predictions, 0, 8500);
    const client = await LiveClient.open(gateway.live);
    client.subscribe('earliest', { ...payload, since: 'earliest' });
    client.subscribe('kept', { ...payload, since: { epoch: 'e1', offset: 8499 } });
    client.subscribe('older', { ...payload, since: { epoch: 'e1', offset: 8498 } });
    const errors = () => client.heard.filter(({ type }) => type === 'error');
    await client.until(() => errors().length > 0);
    expect(errors()).toEqual([
      {
        ...{ type: 'error', id: 'older' },
        payload: {
          code: 'cursor_expired',
          message: 'offset 8498 is older than what is kept, which begins at 8500',
        },
      },
    ]);
    const caughtUp = () => Object.values(gateway.gateway.hub.counts())[0]?.live === 3;
    while (!caughtUp()) await clock.turn();
    client.say({ type: 'ping' });
    await client.until((heard) => heard.at(-1)?.['type'] === 'pong');
    expect(client.offsets('earliest')[0]).toBeGreaterThanOrEqual(8500);
    expect(client.offsets('earliest').length).toBeGreaterThan(5);
    expect(told(client.next('kept'))).toEqual(told(client.next('earliest')));
    client.close();
    await gateway.close();
  },
);
