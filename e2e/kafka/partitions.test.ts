import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { KafkaBroker } from '../../tools/kafka/src/kafka-broker.js';
import { Service, finished, startHark, type WirePrediction } from '../harness.js';
import { answer, recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';

const brokers = inject('kafka');

/** `HARK_E2E_KILLS=10` strikes more often. */
const STRIKES = Number(process.env['HARK_E2E_KILLS'] ?? 3);

/** What does not depend on the order in which the one learner takes the windows of different users. */
const window = ({ id, label, samples }: WirePrediction) => [id, label, samples];
const sorted = (predictions: readonly WirePrediction[]) =>
  [...predictions].sort((a, b) => (a.id < b.id ? -1 : 1)).map(window);

interface Status {
  readonly partitions: { readonly held: readonly number[] };
  readonly windower: {
    readonly lagRecords: number;
    readonly partitions: readonly { readonly partition: number; readonly address: string }[];
  };
}

describe.skipIf(brokers === null)('several ingest processes on Kafka', () => {
  let recorded: RecordedPredictions;
  const services: Service[] = [];
  let made = 0;

  beforeAll(async () => {
    recorded = await recordedPredictions(6, 7);
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.stop();
  });
  afterAll(() => recorded?.remove());

  const environment = (broker: string): Record<string, string> => ({
    HARK_KAFKA_BROKERS: broker,
    HARK_KAFKA_PREFIX: `partitions-${process.pid}-${made}.`,
    HARK_KAFKA_PARTITIONS: '4',
  });
  async function started(broker = brokers!): Promise<Service> {
    made++;
    const service = await Service.start(environment(broker));
    services.push(service);
    return service;
  }
  /** One more ingest, with a data folder of its own. */
  async function joined(broker = brokers!): Promise<Service> {
    const service = new Service(environment(broker));
    services.push(service);
    await service.startApp('ingest');
    return service;
  }
  const held = async (service: Service) =>
    (await service.get<Status>('ingest', '/v1/status')).partitions.held;

  it('share the partitions out, and hand rows on to whoever works their user', async () => {
    const first = await started();
    expect(await held(first)).toEqual([0, 1, 2, 3]);
    const second = await joined();
    await until(async () => (await held(first)).length === 2 && (await held(second)).length === 2);
    expect([...(await held(first)), ...(await held(second))].sort()).toEqual([0, 1, 2, 3]);
    const urls = ['--url', second.url('ingest'), '--learner-url', first.url('learner')];
    const imported = await finished(startHark(['import', recorded.recording, '--wait', ...urls]));
    expect(imported.code, imported.stderr).toBe(0);
    expect(sorted(await first.predictions(recorded.expected.length))).toEqual(sorted(recorded.expected));
    for (const service of [first, second]) {
      const { windower } = await service.get<Status>('ingest', '/v1/status');
      expect(windower.lagRecords).toBe(0);
      expect(new Set(windower.partitions.map(({ address }) => address)).size).toBe(2);
      const metrics = await (await fetch(service.url('ingest', '/metrics'))).text();
      for (const partition of await held(service))
        expect(metrics).toContain(`hark_windower_lag_records{partition="${partition}"} 0`);
    }
  });

  it(
    `joining, leaving and killed during an import, ${STRIKES} times over, lose nothing and double nothing`,
    async () => {
      let strikes = 0;
      while (strikes < STRIKES) {
        const first = await started();
        const urls = ['--url', first.url('ingest'), '--learner-url', first.url('learner')];
        const child = startHark(['import', recorded.recording, '--wait', ...urls]);
        const importing = finished(child);
        while (strikes < STRIKES && child.exitCode === null) {
          const other = await joined();
          await until(async () => child.exitCode !== null || (await held(other)).length === 2);
          if (child.exitCode !== null) break;
          // The one that came leaves or is killed, or the one that was there is killed and comes back.
          const kind = strikes % 3;
          if (kind === 0) await other.kill('ingest');
          if (kind === 1) expect(await other.terminate('ingest')).toBe(0);
          if (kind === 2) {
            await first.kill('ingest');
            await first.startApp('ingest');
            await other.kill('ingest');
          }
          strikes++;
        }
        const imported = await importing;
        expect(imported.code, imported.stderr).toBe(0);
        const live = await first.predictions(recorded.expected.length);
        expect(sorted(live)).toEqual(sorted(recorded.expected));
        for (const service of services.splice(0)) await service.stop();
      }
    },
    180_000 * STRIKES,
  );

  it('go on where the broker is killed in between, and lose and double nothing', async () => {
    const broker = await KafkaBroker.start();
    try {
      const first = await started(broker.address);
      const second = await joined(broker.address);
      await until(async () => (await held(second)).length === 2);
      const urls = ['--url', second.url('ingest'), '--learner-url', first.url('learner')];
      const importing = finished(startHark(['import', recorded.recording, '--wait', ...urls]));
      for (let strikes = 0; strikes < 2; strikes++) {
        await sleep(700);
        await broker.kill();
        await broker.restart();
        for (const service of [first, second]) await until(async () => (await ready(service)) === 200);
      }
      const imported = await importing;
      expect(imported.code, imported.stderr).toBe(0);
      expect(sorted(await first.predictions(recorded.expected.length))).toEqual(sorted(recorded.expected));
      await until(async () => [...(await held(first)), ...(await held(second))].length === 4);
    } finally {
      for (const service of services.splice(0)) await service.stop();
      await broker.stop();
    }
  });

  it('say of each user what one process says, once the model is frozen', async () => {
    // One person's windows come in one order, however many partitions there are: both services learn the same.
    const alone = await recordedPredictions(3, 11, 1, 1);
    async function predictions(service: Service, ingest: Service): Promise<WirePrediction[]> {
      const urls = ['--url', ingest.url('ingest'), '--learner-url', service.url('learner')];
      for (const recording of [alone.recording, recorded.recording]) {
        const imported = await finished(startHark(['import', recording, '--wait', ...urls]));
        expect(imported.code, imported.stderr).toBe(0);
        const frozen = await fetch(service.url('gateway', '/v1/models/learning'), {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ enabled: false }),
        });
        expect(frozen.status).toBe(200);
      }
      const { model } = await service.get<{ model: { windows: { final: number } } }>('learner', '/v1/status');
      return service.predictions(model.windows.final);
    }
    try {
      const one = await Service.start();
      services.push(one);
      const first = await started();
      const second = await joined();
      const expected = await predictions(one, one);
      const live = await predictions(first, second);
      const said = (all: readonly WirePrediction[]) =>
        [...all].sort((a, b) => (a.id < b.id ? -1 : 1)).map(answer);
      expect(said(live)).toEqual(said(expected));
      expect(new Set(live.map(({ activity }) => activity)).size).toBeGreaterThan(2);
    } finally {
      alone.remove();
    }
  });

  it('take the rows of device sockets at any of them, and go on where one of them has died', async () => {
    const first = await started();
    const second = await joined();
    await until(async () => (await held(first)).length === 2 && (await held(second)).length === 2);
    const users = Array.from({ length: 8 }, (_, i) => `user-${i}`);
    const devices = await Promise.all([first, second].map((service) => SocketDevice.open(service)));
    for (const device of devices)
      for (const user of users) expect(await device.send(user)).toMatchObject({ ack: expect.any(Number) });
    const counts = async (service: Service) => {
      const { frontDoor } = await service.get<{ frontDoor: { accepted: number } }>('ingest', '/v1/status');
      return frontDoor.accepted;
    };
    expect((await counts(first)) + (await counts(second))).toBe(2 * users.length);
    await second.kill('ingest');
    // What the dead one worked is refused until another works it: the device sends it again.
    for (const user of users)
      await until(async () => {
        const answered = await devices[0].send(user);
        if (answered.nack !== undefined) expect(answered.problem).toMatchObject({ status: 503 });
        return answered.ack !== undefined;
      });
    expect(await held(first)).toEqual([0, 1, 2, 3]);
    for (const device of devices) device.close();
  });

  it('is one order for whoever reads it, before and after the processes are others', async () => {
    const first = await started();
    const second = await joined();
    const urls = ['--url', second.url('ingest'), '--learner-url', first.url('learner')];
    const imported = await finished(startHark(['import', recorded.recording, '--wait', ...urls]));
    expect(imported.code, imported.stderr).toBe(0);
    const before = await first.predictions(recorded.expected.length);
    expect(await second.terminate('ingest')).toBe(0);
    for (const app of ['ingest', 'learner', 'gateway'] as const) {
      await first.kill(app);
      await first.startApp(app);
    }
    expect(await first.predictions(recorded.expected.length)).toEqual(before);
  });
});

interface SocketAnswer {
  readonly ack?: number;
  readonly nack?: number;
  readonly problem?: unknown;
}

/** A device that sends one row a message, a millisecond after the other, and waits for the answer. */
class SocketDevice {
  private sent = 0;

  static async open(service: Service): Promise<SocketDevice> {
    const socket = new WebSocket(`${service.url('ingest').replace('http', 'ws')}/v1/samples`);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    return new SocketDevice(socket);
  }

  private constructor(private readonly socket: WebSocket) {}

  async send(user: string): Promise<SocketAnswer> {
    const time = BigInt(++this.sent) * 1_000_000n;
    const answered = once(this.socket, 'message');
    this.socket.send(
      JSON.stringify({
        ...{ user, device: 'watch', sensor: 'gyroscope', creationTime: [String(time)] },
        ...{ x: [1], y: [2], z: [3] },
      }),
    );
    const [data] = (await answered) as [Buffer];
    return JSON.parse(data.toString()) as SocketAnswer;
  }

  close(): void {
    this.socket.terminate();
  }
}

async function ready(service: Service): Promise<number> {
  return (await fetch(service.url('ingest', '/health/ready'))).status;
}

async function until(met: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 40_000; waited += 100) {
    if (await met()) return;
    await sleep(100);
  }
  throw new Error('not met in 40 s');
}
