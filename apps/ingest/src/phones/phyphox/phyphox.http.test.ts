import { TOPICS, deviceKey } from '@hark/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhonesHarness } from '../testing/phones-harness.js';
import { withTokens } from '../testing/test-tokens.js';

const start = Date.now();
const TIME = { now: start / 1000, events: [{ event: 'START', experimentTime: 0, systemTime: start / 1000 }] };
const ACC = { acc_t: [0.5], accX: [1], accY: [2], accZ: [9.8] };
const PHONE = { uid: 'abc', dev: 'Pixel 7' };

/** Characters as a phyphox buffer holds them. */
const codes = (text: string) => [...text].map((character) => character.charCodeAt(0));

describe('phyphox', () => {
  let harness: PhonesHarness;
  beforeEach(async () => {
    harness = await PhonesHarness.open();
  });
  afterEach(() => harness.close());

  it("gets an experiment that posts to the address it was fetched from, and shows the activity's name", async () => {
    const response = await fetch(`${harness.url}/v1/clients/phyphox?user=ada`);
    const text = await response.text();
    expect(response.headers.get('content-disposition')).toContain('hark.phyphox');
    expect(text).toContain(`address="${harness.url}/v1/phyphox?user=ada"`);
    expect(text).toContain('<map min="3.5" max="4.5">walk</map>');
    expect(text).not.toContain('token');
  });

  it('stores samples on the clock of the phone, exactly where it says when it started', async () => {
    const response = await harness.post('/v1/phyphox', { ...ACC, ...PHONE, time: TIME });
    expect(await response.json()).toEqual({ activity: 'unknown', confidence: 0, activityNumber: 0 });
    expect(await harness.rows()).toMatchObject([
      { user: 'abc', device: 'abc', model: 'Pixel 7', sensor: 'accelerometer', ms: start + 500, z: 9.8 },
    ]);
  });

  it('puts messages that say nothing of time where the first of them arrived, and begins anew when the clock does', async () => {
    for (const seconds of [10, 11, 0.1])
      await harness.post('/v1/phyphox', { ...ACC, acc_t: [seconds], ...PHONE });
    const [first, second, third] = (await harness.rows()).map(({ ms }) => ms);
    expect(second - first).toBe(1000);
    expect(Math.abs(third - first)).toBeLessThan(10_000);
  });

  it("answers with the device's latest prediction, not with that of an older window", async () => {
    const learner = await harness.log.writer('learner');
    const predict = (activity: string, start: string, device = 'abc') => ({
      key: deviceKey({ user: 'ada', device }),
      value: new TextEncoder().encode(JSON.stringify({ activity, confidence: 0.9, window: { start } })),
    });
    const ask = async () =>
      (await (await harness.post('/v1/phyphox?user=ada', { ...PHONE })).json()) as { activity: string };
    await ask();
    // The topic is read from the first question on.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const records = [
      predict('walk', '2026-01-01T00:00:10Z'),
      predict('sit', '2026-01-01T00:00:05Z'),
      predict('bike', '2026-01-01T00:00:20Z', 'another'),
    ];
    await learner.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records }] });
    await expect.poll(ask).toEqual({ activity: 'walk', confidence: 0.9, activityNumber: 4 });
  });

  it('answers a body that is none with 200, so that the phone goes on', async () => {
    expect((await harness.post('/v1/phyphox', 'x')).status).toBe(200);
    expect(await harness.rows()).toEqual([]);
  });
});

describe('phyphox with tokens', () => {
  const { access, texts } = withTokens(
    { roles: ['ingest'], users: ['ada'] },
    { roles: ['operate'], users: ['*'] },
  );
  const [phone, operator] = texts;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  let harness: PhonesHarness;
  beforeEach(async () => {
    harness = await PhonesHarness.open({ access });
  });
  afterEach(() => harness.close());

  it('gets the token that it was fetched with in its body, in no address', async () => {
    const text = await (await fetch(`${harness.url}/v1/clients/phyphox`, { headers: bearer(phone) })).text();
    expect(text).toContain(`init="${codes(phone).join(',')}"`);
    expect(text).toContain(`address="${harness.url}/v1/phyphox/with-token"`);
    expect(text).not.toContain(phone);
  });

  it('is let in by the token in its body, as who the token is', async () => {
    const send = (token: string | null) =>
      harness.post('/v1/phyphox/with-token', {
        ...ACC,
        ...PHONE,
        time: TIME,
        ...(token !== null && { token: codes(token) }),
      });
    expect((await send(null)).status).toBe(401);
    expect((await send(`${phone}x`)).status).toBe(401);
    expect((await send(phone)).status).toBe(200);
    expect(await harness.rows()).toMatchObject([{ user: 'ada' }]);
  });

  it('is fetched by a QR code that holds no token', async () => {
    const list = async (token: string) => {
      const response = await fetch(`${harness.url}/v1/clients`, { headers: bearer(token) });
      return (await response.json()) as {
        clients: { app: string; url: string; qr: string }[];
        warnings: string[];
      };
    };
    const { clients } = await list(phone);
    const { url, qr } = clients.find(({ app }) => app === 'phyphox')!;
    expect(qr).toMatch(/^phyphox:\/\/127\.0\.0\.1:\d+\/v1\/clients\/phyphox\/[0-9a-f]{32}$/);
    expect(await (await fetch(url)).text()).toContain(codes(phone).join(','));
    expect((await fetch(url.replace(/.$/, 'x'))).status).toBe(404);
  });

  it('has a second way for Sensor Logger, which may have no field for a header: the password of the embedded broker', async () => {
    const other = await PhonesHarness.open({ access, mqtt: { brokerPort: 0 } });
    const response = await fetch(`${other.url}/v1/clients`, { headers: bearer(phone) });
    const { clients } = (await response.json()) as { clients: { app: string; steps: string[] }[] };
    const { steps } = clients.find(({ app }) => app === 'sensor-logger')!;
    expect(steps.join()).toContain(`port ${other.phones.status().brokerPort}, TCP`);
    expect(steps.join()).toContain(`password ${phone}`);
    await other.close();
  });

  it('is never given the token of an operator by a QR code', async () => {
    const response = await fetch(`${harness.url}/v1/clients`, { headers: bearer(operator) });
    const { clients, warnings } = (await response.json()) as {
      clients: { app: string }[];
      warnings: string[];
    };
    expect(clients.map(({ app }) => app)).toEqual(['sensor-logger']);
    expect(warnings.join()).toContain('HARK_PHONE_TOKEN');
  });
});
