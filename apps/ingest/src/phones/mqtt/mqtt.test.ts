import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PhonesHarness } from '../testing/phones-harness.js';
import { withTokens } from '../testing/test-tokens.js';
import { mqttRoute } from './mqtt-topics.js';

const row = (time: number, user = 'ada') => ({
  ...{ User: user, Device: 'd', Sensor: 'gyroscope', Creation_Time: String(time) },
  ...{ x: 0, y: 0, z: 0 },
});
const message = {
  ...{ messageId: 0, sessionId: 's', deviceId: 'phone' },
  payload: [{ name: 'gyroscope', time: 1, values: { x: 1, y: 2, z: 3 } }],
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A broker of somebody else's, on a port of its own. */
async function foreignBroker(port = 0): Promise<{ port: number; stop: () => Promise<void> }> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => broker.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

async function client(port: number, password?: string): Promise<MqttClient> {
  const options = password === undefined ? {} : { username: 'device', password };
  const connected = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...options, reconnectPeriod: 0 });
  closing.push(() => connected.endAsync(true));
  return connected;
}

async function harnessWith(options: Parameters<typeof PhonesHarness.open>[0]): Promise<PhonesHarness> {
  const harness = await PhonesHarness.open(options);
  closing.push(() => harness.close());
  return harness;
}

describe('the topics of MQTT', () => {
  it.each([
    ['sensor-logger', { format: 'sensor-logger', user: undefined }],
    ['sensor-logger/ada', { format: 'sensor-logger', user: 'ada' }],
    ['hark/phyphox/ada', { format: 'phyphox', user: 'ada' }],
    ['hark/samples', { format: 'samples', user: undefined }],
    ['phyphox', null],
    ['hark/samples/ada', null],
  ])('%s', (topic, route) => expect(mqttRoute(topic)).toEqual(route));
});

describe('a broker subscribed to', () => {
  it('brings the same payloads as HTTP, each format by its topic', async () => {
    const broker = await foreignBroker();
    closing.push(broker.stop);
    const harness = await harnessWith({ mqtt: { url: `mqtt://127.0.0.1:${broker.port}` } });
    await expect.poll(() => harness.phones.status().mqtt, { timeout: 5000 }).toBe('connected');
    const publisher = await client(broker.port);
    // Subscribing is a message of its own: what is published before it is not brought.
    await expect
      .poll(async () => {
        await publisher.publishAsync('sensor-logger/eva', JSON.stringify(message), { qos: 1 });
        return (await harness.rows()).length;
      })
      .toBe(1);
    await publisher.publishAsync('hark/samples', JSON.stringify([row(5)]), { qos: 1 });
    await publisher.publishAsync('hark/phyphox', '{"uid":"p","gyr_t":[1],"gyrX":[0],"gyrY":[0],"gyrZ":[0]}');
    await expect
      .poll(async () => (await harness.rows()).map(({ user, device }) => [user, device]))
      .toEqual([
        ['eva', 'phone'],
        ['ada', 'd'],
        ['p', 'p'],
      ]);
  });

  it('is come back to when it was away', async () => {
    const broker = await foreignBroker();
    const harness = await harnessWith({ mqtt: { url: `mqtt://127.0.0.1:${broker.port}`, reconnectMs: 20 } });
    await expect.poll(() => harness.phones.status().mqtt, { timeout: 5000 }).toBe('connected');
    await broker.stop();
    await expect.poll(() => harness.phones.status().mqtt).toBe('not connected');
    const again = await foreignBroker(broker.port);
    closing.push(again.stop);
    await expect.poll(() => harness.phones.status().mqtt, { timeout: 5000 }).toBe('connected');
  });
});

describe('the embedded broker', () => {
  const port = (harness: PhonesHarness) => harness.phones.status().brokerPort!;

  it('acknowledges a message of QoS 1 when it is durable, not before', async () => {
    const harness = await harnessWith({ mqtt: { brokerPort: 0 } });
    const device = await client(port(harness));
    let release = () => {};
    harness.held = new Promise((resolve) => (release = resolve));
    let acknowledged = false;
    const publishing = device.publishAsync('hark/samples', JSON.stringify([row(1)]), { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(acknowledged).toBe(false);
    release();
    await publishing;
    expect(await harness.rows()).toHaveLength(1);
  });

  it('acknowledges what would be as bad the next time, and lists it', async () => {
    const harness = await harnessWith({ mqtt: { brokerPort: 0 } });
    const device = await client(port(harness));
    await device.publishAsync('hark/samples', '{', { qos: 1 });
    await device.publishAsync('elsewhere', 'x', { qos: 1 });
    const response = await fetch(`${harness.url}/v1/connections`);
    expect(await response.json()).toMatchObject({
      connections: [
        { way: 'MQTT elsewhere', verdict: 'ignored', code: 'unknown_topic' },
        { way: 'MQTT hark/samples', verdict: 'refused' },
      ],
    });
  });

  it('takes a token as the password, and rows of its users alone', async () => {
    const { access, texts } = withTokens({ roles: ['ingest'], users: ['ada'] });
    const harness = await harnessWith({ access, mqtt: { brokerPort: 0 } });
    await expect(client(port(harness))).rejects.toThrow();
    const device = await client(port(harness), texts[0]);
    await device.publishAsync('hark/samples', JSON.stringify([row(1, 'eva')]), { qos: 1 });
    await device.publishAsync('hark/samples', JSON.stringify([row(2)]), { qos: 1 });
    expect((await harness.rows()).map(({ user }) => user)).toEqual(['ada']);
  });
});
