import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Service } from './harness.js';
import { LiveListener } from './live-listener.js';

/** Sensor Logger's message of one second from `second` on: a phone that lies still on its back, at 50 Hz. */
function still(messageId: number, startMs: number, deviceId: string): string {
  const readings: string[] = [];
  for (let i = 0; i < 50; i++) {
    const time = `${startMs + messageId * 1000 + i * 20}000001`;
    const reading = (name: string, z: number): string =>
      `{"name":"${name}","time":${time},"values":{"x":0,"y":0,"z":${z}},"accuracy":3}`;
    readings.push(reading('accelerometer', 0), reading('gravity', 9.80665), reading('gyroscope', 0));
  }
  return `{"messageId":${messageId},"sessionId":"s1","deviceId":"${deviceId}","payload":[${readings.join()}]}`;
}

describe('a phone with Sensor Logger', () => {
  let service: Service;
  let listener: LiveListener;
  beforeAll(async () => {
    service = await Service.start({ HARK_LATENESS_MS: '1000', HARK_IDLE_TIMEOUT_MS: '500' });
    listener = await LiveListener.open(service);
  }, 60_000);
  afterAll(async () => {
    listener?.close();
    await service?.stop();
  });

  const push = async (body: string) => {
    const response = await fetch(service.url('ingest', '/v1/sensor-logger?user=ada'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  const predictionsOf = (device: string) => listener.predictions.filter((each) => each.device === device);

  it('gets predictions on the live socket, of windows that hold both sensors', async () => {
    const startMs = Date.now() - 8000;
    for (let id = 0; id < 8; id++) {
      const { status, text } = await push(still(id, startMs, 'pixel'));
      expect([status, JSON.parse(text)]).toEqual([
        200,
        { verdict: 'accepted', accepted: 100, rejected: 0, ignored: 0, missing: 0 },
      ]);
    }
    // The first windows began before the phone did.
    const whole = () =>
      predictionsOf('pixel').find(
        ({ final, samples }) => final && samples.accelerometer >= 127 && samples.gyroscope >= 127,
      );
    await expect.poll(whole, { timeout: 20_000 }).toMatchObject({
      user: 'ada',
      samples: { duplicates: 0, late: 0 },
    });
  });

  it('is not counted twice when a message comes again after ingest was killed', async () => {
    const startMs = Date.now() - 4000;
    for (let id = 0; id < 2; id++) await push(still(id, startMs, 'iphone'));
    await service.kill('ingest');
    await service.startApp('ingest');
    expect(JSON.parse((await push(still(1, startMs, 'iphone'))).text)).toMatchObject({
      verdict: 'duplicate',
    });
    expect(JSON.parse((await push(still(2, startMs, 'iphone'))).text)).toMatchObject({ verdict: 'accepted' });
  });

  it('is answered by phyphox with the activity, and by the WebSocket when samples are stored', async () => {
    const body = { uid: 'pixel', acc_t: [0], accX: [0], accY: [0], accZ: [9.8] };
    const response = await fetch(service.url('ingest', '/v1/phyphox?user=ada'), {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect(Object.keys((await response.json()) as object)).toEqual([
      'activity',
      'confidence',
      'activityNumber',
    ]);
    const socket = new WebSocket(service.url('ingest', '/v1/samples').replace('http', 'ws'));
    const answer = new Promise((resolve) => socket.on('message', (data: Buffer) => resolve(data.toString())));
    await new Promise((resolve) => socket.on('open', resolve));
    const columns = { creationTime: ['1'], x: [0], y: [0], z: [9.8] };
    socket.send(JSON.stringify({ user: 'ada', device: 'esp32', sensor: 'accelerometer', ...columns }));
    expect(await answer).toBe('{"ack":1}');
    socket.terminate();
  });

  const pushed = fileURLToPath(
    new URL('../../shared/data/sensor-logger/derived_push_messages.jsonl', import.meta.url),
  );
  it.skipIf(!existsSync(pushed))(
    'has its recorded messages predicted (skipped without ../shared/data/sensor-logger)',
    async () => {
      for (const line of readFileSync(pushed, 'utf8').trim().split('\n')) {
        expect((await push(line)).status).toBe(200);
      }
      await expect
        .poll(() => predictionsOf('derived-device-1').length, { timeout: 20_000 })
        .toBeGreaterThan(0);
    },
  );
});
