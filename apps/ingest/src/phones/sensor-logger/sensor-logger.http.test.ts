import { UserScope } from '@hark/service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhonesHarness } from '../testing/phones-harness.js';
import { withTokens } from '../testing/test-tokens.js';

const NOW_NS = BigInt(Date.now()) * 1_000_000n;
const at = (ms: number) => Number(NOW_NS + BigInt(ms) * 1_000_000n);

const reading = (name: string, ms: number, z = 0) => ({
  name,
  time: at(ms),
  values: { x: 0, y: 0, z },
  accuracy: 3,
});
const still = (ms: number) => [
  reading('accelerometer', ms),
  reading('gravity', ms, 9.8),
  reading('gyroscope', ms),
];
const message = (messageId: number, payload: readonly unknown[], more: object = {}) => ({
  messageId,
  sessionId: 's1',
  deviceId: 'phone-1',
  payload,
  ...more,
});

describe('POST /v1/sensor-logger', () => {
  let harness: PhonesHarness;
  beforeEach(async () => {
    harness = await PhonesHarness.open();
  });
  afterEach(() => harness.close());

  const push = async (body: unknown, query = '') => {
    const response = await harness.post(`/v1/sensor-logger${query}`, body);
    return { status: response.status, text: await response.text() };
  };

  it('stores total acceleration and rotation, and says what it took', async () => {
    const { status, text } = await push(
      message(0, [...still(0), { name: 'battery', time: at(0), values: {} }]),
    );
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      verdict: 'accepted',
      accepted: 2,
      rejected: 0,
      ignored: 1,
      missing: 0,
    });
    expect(await harness.rows()).toMatchObject([
      { user: 'phone-1', device: 'phone-1', model: 'phone', sensor: 'accelerometer', z: 9.8, gt: null },
      { user: 'phone-1', device: 'phone-1', sensor: 'gyroscope', z: 0 },
    ]);
  });

  it('keeps neighbours of one nanosecond apart', async () => {
    const entry = (time: string) => `{"name":"gyroscope","time":${time},"values":{"x":0,"y":0,"z":0}}`;
    await push(
      `{"deviceId":"p","payload":[${entry('1698501144401773001')},${entry('1698501144401773002')}]}`,
    );
    expect((await harness.rows()).map(({ subNs }) => subNs)).toEqual([773001, 773002]);
  });

  it.each([
    '',
    'test',
    '{}',
    '[]',
    '{"payload":[]}',
    '{"payload":[{"name":"location","time":1,"values":{}}]}',
  ])('answers 200 to what is none of ours: %j', async (body) => {
    expect((await push(body)).status).toBe(200);
    expect(await harness.rows()).toEqual([]);
  });

  it('takes a message once, also when it comes again after a restart or at the same time', async () => {
    const [a, b] = await Promise.all([push(message(0, still(0))), push(message(0, still(0)))]);
    expect([a, b].map(({ text }) => (JSON.parse(text) as { verdict: string }).verdict).sort()).toEqual([
      'accepted',
      'duplicate',
    ]);
    await harness.close();
    harness = await PhonesHarness.open({ log: harness.log });
    expect(JSON.parse((await push(message(0, still(0)))).text)).toMatchObject({ verdict: 'duplicate' });
    expect(await harness.rows()).toHaveLength(2);
  });

  it('takes messages out of order and counts those that are missing', async () => {
    const missing = [];
    for (const id of [3, 5, 4, 1]) {
      const { text } = await push(message(id, still(id)));
      missing.push((JSON.parse(text) as { missing: number }).missing);
    }
    expect(missing).toEqual([0, 1, 0, 1]);
  });

  it('takes a message again that could not be stored', async () => {
    harness.full = true;
    expect((await push(message(0, still(0)))).status).toBe(503);
    harness.full = false;
    expect(JSON.parse((await push(message(0, still(0)))).text)).toMatchObject({ verdict: 'accepted' });
  });

  it('makes annotations the label of samples from their time on, also over messages and restarts', async () => {
    const annotation = (ms: number, text: string) => ({ name: 'annotation', time: at(ms), values: { text } });
    await push(message(0, [reading('gyroscope', 0), annotation(5, 'Walk'), reading('gyroscope', 10)]));
    await harness.close();
    harness = await PhonesHarness.open({ log: harness.log });
    await push(message(1, [reading('gyroscope', 20), annotation(30, 'done'), reading('gyroscope', 40)]));
    expect((await harness.rows()).map(({ gt }) => gt)).toEqual([null, 'walk', 'walk', null]);
  });

  it('shows a sentence on the phone when gravity is off, and not when it is merely absent from one message', async () => {
    const off = await push(message(0, [reading('accelerometer', 0)]));
    expect([off.status, off.text]).toEqual([
      499,
      'Hark needs gravity: turn on the sensor Gravity, then record again.',
    ]);
    await push(message(1, still(10)));
    expect((await push(message(2, [reading('accelerometer', 900)]))).status).toBe(200);
  });

  it('shows a sentence when standardisation is off, takes the samples all the same, and is silent when told', async () => {
    const inG = { name: 'accelerometeruncalibrated', time: at(0), values: { x: 0, y: 0, z: -1 } };
    const { status, text } = await push(message(0, [inG]));
    expect(status).toBe(499);
    expect(text).toContain('Standardise Units & Frames');
    expect((await push(message(1, [{ ...inG, time: at(9) }]), '?frame=ios')).status).toBe(200);
    expect((await harness.rows()).map(({ z }) => z)).toEqual([9.80665, 9.80665]);
  });

  it('takes the user, model and signs from the URL, the user of a study from the message', async () => {
    const payload = [
      { name: 'accelerometer', time: at(0), values: { x: 0, y: 0, z: 0 } },
      { name: 'gravity', time: at(0), values: { x: 0, y: 0, z: -9.8 } },
    ];
    await push(message(0, payload, { userId: 'eva' }), '?model=iphone&frame=ios');
    await push(message(1, payload, { userId: 'eva' }), '?user=ada&frame=ios');
    expect(await harness.rows()).toMatchObject([
      { user: 'eva', model: 'iphone', z: 9.8 },
      { user: 'ada', model: 'phone', z: 9.8 },
    ]);
  });

  it('makes an Apple Watch a device of its own', async () => {
    const values = {
      ...{ rotationRateX: 1, rotationRateY: 2, rotationRateZ: 3 },
      ...{ accelerationX: 0, accelerationY: 0, accelerationZ: 0, gravityX: 0, gravityY: 0, gravityZ: -1 },
    };
    await push(message(0, [{ name: 'wrist motion', time: at(0), values }]));
    expect(await harness.rows()).toMatchObject([
      { device: 'phone-1:watch', model: 'watch', sensor: 'accelerometer', z: 9.80665 },
      { device: 'phone-1:watch', sensor: 'gyroscope', x: 1 },
    ]);
  });

  it('lists attempts with what to do about them, and no axis values', async () => {
    await push(message(0, [reading('accelerometer', 0)]));
    await push(message(1, still(-50_000)));
    await push(message(2, still(0)));
    await push(message(3, still(-30_000)));
    const { connections } = (await (await fetch(`${harness.url}/v1/connections`)).json()) as {
      connections: Record<string, unknown>[];
    };
    expect(connections.map(({ verdict, code, accepted }) => [verdict, code, accepted])).toEqual([
      ['late', null, 2],
      ['accepted', null, 2],
      ['refused', 'gravity_off', 0],
    ]);
    expect(connections[2]).toMatchObject({
      way: 'POST /v1/sensor-logger',
      user: 'phone-1',
      device: 'phone-1',
      times: 1,
    });
    expect(connections[2]['remedy']).toContain('Turn on the sensor Gravity');
    expect(JSON.stringify(connections)).not.toContain('9.8');
  });
});

describe('with tokens', () => {
  const { access, texts } = withTokens({ roles: ['ingest'], users: ['ada'] });
  let harness: PhonesHarness;
  beforeEach(async () => {
    harness = await PhonesHarness.open({ access });
  });
  afterEach(() => harness.close());
  const authorization = `Bearer ${texts[0]}`;

  it("a phone without a user is the token's only user", async () => {
    await harness.post('/v1/sensor-logger', message(0, still(0)), { authorization });
    expect(await harness.rows()).toMatchObject([{ user: 'ada' }, { user: 'ada' }]);
  });

  it("says on the phone's screen that a token may not send for another user", async () => {
    const response = await harness.post('/v1/sensor-logger?user=eva', message(0, still(0)), {
      authorization,
    });
    expect([response.status, await response.text()]).toEqual([
      499,
      'This token may not send for this user. Nothing was stored.',
    ]);
    expect(await harness.rows()).toEqual([]);
  });

  it('shows a token what it sent itself, not who else was turned away', async () => {
    await harness.post('/v1/sensor-logger', message(0, still(0)));
    await harness.post('/v1/sensor-logger', message(0, still(0)), { authorization });
    const response = await fetch(`${harness.url}/v1/connections`, { headers: { authorization } });
    expect(await response.json()).toMatchObject({ connections: [{ user: 'ada', verdict: 'accepted' }] });
    expect(harness.devices.connections.list(UserScope.all)).toMatchObject([
      { verdict: 'accepted' },
      { verdict: 'refused', code: 'unauthorized', user: null },
    ]);
  });
});
