import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { KafkaBroker } from '../../tools/kafka/src/kafka-broker.js';
import { Service, finished, startHark } from '../harness.js';
import { WindowLoad } from '../window-load.js';
import { MovedSubscriber } from './moved-subscriber.js';
import { answer, recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';

const brokers = inject('kafka');

/** `HARK_E2E_KILLS=10` strikes more often. */
const STRIKES = Number(process.env['HARK_E2E_KILLS'] ?? 2);

/** Every channel of the log whose messages have offsets. */
const CHANNELS = [
  { channel: 'predictions', mode: 'update' },
  { channel: 'transitions', mode: 'append' },
  { channel: 'fused', mode: 'append' },
  { channel: 'alerts' },
  { channel: 'models' },
];

interface Status {
  readonly pid: number;
  readonly gateways: { readonly address: string; readonly writer: string | null };
  readonly gateway: { readonly lagRecords: Record<string, number> };
}

describe.skipIf(brokers === null)('several gateways on Kafka', () => {
  let recorded: RecordedPredictions;
  const services: Service[] = [];
  let made = 0;

  beforeAll(async () => {
    recorded = await recordedPredictions(4, 7);
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.stop();
  });
  afterAll(() => recorded?.remove());

  const environment = (more: Record<string, string>): Record<string, string> => ({
    HARK_KAFKA_BROKERS: brokers!,
    HARK_KAFKA_PREFIX: `gateways-${process.pid}-${made}.`,
    HARK_KAFKA_GATEWAYS: 'several',
    ...more,
  });
  /** A service, and one more gateway with a data folder of its own, but for the versions of the model. */
  async function started(more: Record<string, string> = {}): Promise<[Service, Service]> {
    made++;
    const first = await Service.start(environment(more));
    services.push(first);
    const second = new Service(environment(more));
    services.push(second);
    mkdirSync(join(first.data, 'artifacts'), { recursive: true });
    symlinkSync(join(first.data, 'artifacts'), join(second.data, 'artifacts'));
    await second.startApp('gateway');
    return [first, second];
  }

  const status = (service: Service) => service.get<Status>('gateway', '/v1/status');
  async function writes(service: Service): Promise<boolean> {
    const { address, writer } = (await status(service)).gateways;
    return address === writer;
  }
  async function imported(service: Service): Promise<void> {
    const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
    const { code, stderr } = await finished(startHark(['import', recorded.recording, '--wait', ...urls]));
    expect(code, stderr).toBe(0);
  }
  /** Changes something, over and over while nobody can: with a key it is done once. */
  async function change<T>(
    gateway: Service,
    method: string,
    path: string,
    body: unknown,
    key: string,
  ): Promise<T> {
    for (let waited = 0; waited < 30_000; waited += 200) {
      const response = await fetch(gateway.url('gateway', path), {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        ...(method !== 'DELETE' && { body: JSON.stringify(body) }),
      });
      const answered = (await response.json()) as T & { code?: string };
      if (response.ok) return answered;
      expect(['writer_away', 'writer_cut_off', 'fenced'], JSON.stringify(answered)).toContain(answered.code);
      await sleep(200);
    }
    throw new Error(`${method} ${path}: nobody writes for 30 s`);
  }
  const caughtUp = async (service: Service) =>
    Object.values((await status(service)).gateway.lagRecords).every((lag) => lag === 0);

  it('answer the same, and are heard to say the same, wherever somebody asks', async () => {
    const [first, second] = await started();
    expect([await writes(first), await writes(second)]).toEqual([true, false]);
    await imported(first);
    const expected = recorded.expected.map(answer);
    for (const gateway of [first, second]) {
      const live = await gateway.predictions(recorded.expected.length);
      expect(live.map(answer)).toEqual(expected);
    }
    for (const gateway of [first, second]) await until(() => caughtUp(gateway));
    for (const path of ['/v1/sessions', '/v1/models', '/v1/alerts', '/v1/alerts/rules', '/v1/replays'])
      expect(await second.get('gateway', path), path).toEqual(await first.get('gateway', path));
    const heard = await Promise.all(
      CHANNELS.map((payload) => Promise.all([first, second].map((gateway) => whole(gateway, payload)))),
    );
    for (const [atFirst, atSecond] of heard) expect(atSecond).toEqual(atFirst);
    expect(heard[0][0].length).toBeGreaterThan(recorded.expected.length);
  });

  it('take what changes something at any of them, and show it there at once', async () => {
    const [first, second] = await started();
    await imported(first);
    const made = await change<{ version: number }>(second, 'POST', '/v1/models', {}, 'a');
    const { version } = made;
    const found = await second.get<{ version: number }>('gateway', `/v1/models/${version}`);
    expect(found.version).toBe(version);
    expect(await change(first, 'POST', '/v1/models', {}, 'a')).toEqual(made);
    await change(first, 'POST', '/v1/models', {}, 'b');
    const path = `/v1/models/${version}/rollback`;
    const back = await change<{ to: number }>(second, 'POST', path, { reason: 'worse' }, 'c');
    expect(back.to).toBe(version);
    expect(await change(first, 'POST', path, { reason: 'worse' }, 'c')).toEqual(back);
    for (const gateway of [first, second])
      expect(await gateway.get('gateway', '/v1/models')).toMatchObject({ current: version });
    const rule = await change<{ id: string }>(
      ...([second, 'POST', '/v1/alerts/rules', { activity: 'walk', forSeconds: 5 }, 'd'] as const),
    );
    for (const gateway of [first, second])
      expect(await gateway.get('gateway', '/v1/alerts/rules')).toMatchObject({ rules: [{ id: rule.id }] });
    await change(second, 'DELETE', `/v1/alerts/rules/${rule.id}`, null, 'e');
    const refused = await second.post('gateway', '/v1/models/999999/rollback', { reason: 'no' });
    expect([refused.status, refused.body['code']]).toEqual([404, 'unknown_version']);
    // One that ends hands over.
    expect(await first.terminate('gateway')).toBe(0);
    await change(second, 'POST', '/v1/models', {}, 'f');
    expect(await writes(second)).toBe(true);
    expect(await change(second, 'POST', '/v1/models', {}, 'a')).toMatchObject({ version });
  });

  it('play a replay at whichever, for subscribers of any', async () => {
    const [first, second] = await started();
    await imported(first);
    await until(() => caughtUp(second));
    const { sessions } = await second.get<{ sessions: { id: string }[] }>('gateway', '/v1/sessions');
    const request = { session: sessions[0].id, speed: 40 };
    const { id } = await change<{ id: string }>(second, 'POST', '/v1/replays', request, 'r');
    const payload = { channel: `replay:${id}`, mode: 'update' };
    const subscribers = [first, second].map(() => new MovedSubscriber(payload));
    await Promise.all([first, second].map((gateway, i) => subscribers[i].moveTo(gateway)));
    await until(async () => subscribers[1].heard.length > 5);
    // The one that plays it is gone: the other plays on.
    await first.kill('gateway');
    await subscribers[0].moveTo(second);
    await until(async () => subscribers.every(({ completed }) => completed), 60_000);
    await first.startApp('gateway');
    const rest = await whole(first, payload);
    expect(rest.map(({ offset }) => offset)).toEqual(rest.map((_, i) => i));
    expect(rest.length).toBeGreaterThan(50);
    for (const { heard, troubles } of subscribers) expect([troubles, heard]).toEqual([[], rest]);
  });

  it.each<[string, Record<string, string>]>([
    ['one partition', {}],
    ['four partitions', { HARK_KAFKA_PARTITIONS: '4' }],
    [
      'several learners',
      { HARK_KAFKA_PARTITIONS: '4', HARK_KAFKA_LEARNERS: 'several', HARK_CLASSIFIER: 'ridge' },
    ],
  ])(
    `killed while they write, ${STRIKES} times over, lose nothing and say nothing twice, with %s`,
    async (_, more) => {
      const receiver = await WebhookLog.listen();
      const [first, second] = await started({
        HARK_WEBHOOKS: receiver.url,
        HARK_WEBHOOK_SECRET: 'a secret of sixteen',
        HARK_VERSION_EVERY: '1000000',
        ...more,
      });
      const load = new WindowLoad(first, 100);
      try {
        await change(first, 'POST', '/v1/alerts/rules', { activity: 'walk', forSeconds: 5 }, 'rule');
        const settled = CHANNELS.map((payload) => [
          new MovedSubscriber(payload),
          new MovedSubscriber(payload),
        ]);
        // Of each channel one subscriber is where it is written, the other where it is not.
        const moveAll = (index: 0 | 1, gateway: Service) =>
          Promise.all(settled.map((pair) => pair[index].moveTo(gateway)));
        await moveAll(0, first);
        await moveAll(1, second);
        load.start();
        const versions: number[] = [];
        const awayMs: number[] = [];
        for (let strike = 0; strike < STRIKES; strike++) {
          const index = (await writes(first)) ? 0 : 1;
          const [writer, other] = index === 0 ? [first, second] : [second, first];
          await sleep(1500);
          await writer.kill('gateway');
          const killed = performance.now();
          await moveAll(index, other);
          const key = `strike-${strike}`;
          const { version } = await change<{ version: number }>(other, 'POST', '/v1/models', {}, key);
          awayMs.push(Math.round(performance.now() - killed));
          await writer.startApp('gateway');
          expect([await writes(writer), await writes(other)]).toEqual([false, true]);
          expect(await change(writer, 'POST', '/v1/models', {}, key)).toMatchObject({ version });
          versions.push(version);
          await moveAll(index, writer);
        }
        console.log('writes again after ms:', JSON.stringify(awayMs));
        expect(new Set(versions).size).toBe(STRIKES);
        await load.stop();
        const lag = async () =>
          (await first.get<{ learner: { lagRecords: number } }>('learner', '/v1/status')).learner.lagRecords;
        await until(async () => (await lag()) === 0);
        await sleep(1000);
        for (const gateway of [first, second]) await until(() => caughtUp(gateway));
        for (const [i, payload] of CHANNELS.entries()) {
          const all = await whole(second, payload);
          for (const subscriber of settled[i]) {
            await until(async () => subscriber.lastOffset === (all.at(-1)?.offset ?? -1));
            expect([payload, subscriber.troubles]).toEqual([payload, []]);
            expect(subscriber.heard).toEqual(all);
          }
        }
        const alerts = settled[3][0].heard.map(({ payload }) => String(payload['id']));
        expect(alerts.length).toBeGreaterThan(0);
        expect(new Set(alerts).size).toBe(alerts.length);
        await until(async () => alerts.every((id) => receiver.ids.has(id)));
        expect([...receiver.ids].sort()).toEqual([...alerts].sort());
        const finals = settled[0][0].heard.filter(({ payload }) => payload['final'] === true);
        expect(new Set(finals.map(({ payload }) => payload['id'])).size).toBe(finals.length);
      } finally {
        await load.stop();
        receiver.close();
      }
    },
    90_000 * STRIKES,
  );

  it('go on without the one that writes where that stands still, and it ends when it moves again', async () => {
    const [first, second] = await started();
    const { pid } = await status(first);
    process.kill(pid, 'SIGSTOP');
    try {
      await change(second, 'POST', '/v1/alerts/rules', { activity: 'walk', forSeconds: 5 }, 'a');
      expect(await writes(second)).toBe(true);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(async () => !(await fetch(first.url('gateway', '/health/live')).catch(() => null))?.ok);
    await first.startApp('gateway');
    expect(await writes(first)).toBe(false);
    expect(await first.get('gateway', '/v1/alerts/rules')).toMatchObject({ rules: [{ activity: 'walk' }] });
  });

  it('go on where the broker is killed in between', async () => {
    const broker = await KafkaBroker.start();
    try {
      const [first, second] = await started({ HARK_KAFKA_BROKERS: broker.address });
      const subscribers = [first, second].map(
        () => new MovedSubscriber({ channel: 'predictions', mode: 'update' }),
      );
      await Promise.all([first, second].map((gateway, i) => subscribers[i].moveTo(gateway)));
      await broker.kill();
      for (const gateway of [first, second]) await until(async () => (await ready(gateway)) === 503);
      const away = await second.post('gateway', '/v1/models', {});
      expect([away.status, away.body['code']]).toEqual([503, 'log_away']);
      await broker.restart();
      for (const gateway of [first, second]) await until(async () => (await ready(gateway)) === 200);
      await imported(first);
      const { version } = await change<{ version: number }>(second, 'POST', '/v1/models', {}, 'a');
      expect(version).toBeGreaterThan(0);
      const all = await whole(second, { channel: 'predictions', mode: 'update' });
      expect(all.length).toBeGreaterThan(recorded.expected.length);
      for (const subscriber of subscribers) {
        await until(async () => subscriber.lastOffset === all.at(-1)?.offset);
        expect([subscriber.troubles, subscriber.heard]).toEqual([[], all]);
      }
    } finally {
      for (const service of services.splice(0)) await service.stop();
      await broker.stop();
    }
  });
});

/** Everything that a channel has said so far, to one who comes now. */
async function whole(gateway: Service, payload: Record<string, unknown>): Promise<MovedSubscriber['heard']> {
  const subscriber = new MovedSubscriber(payload);
  await subscriber.moveTo(gateway);
  for (let before = -1; before !== subscriber.heard.length; await sleep(400))
    before = subscriber.heard.length;
  subscriber.leave();
  expect(subscriber.troubles).toEqual([]);
  return subscriber.heard;
}

/** Takes webhooks and keeps what they are about. */
class WebhookLog {
  readonly ids = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<WebhookLog> {
    const server = createServer((request, response) => {
      log.ids.add(String(request.headers['webhook-id']));
      request.resume();
      request.on('end', () => response.end());
    });
    const log = new WebhookLog(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return log;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

async function ready(service: Service): Promise<number> {
  return (await fetch(service.url('gateway', '/health/ready'))).status;
}

async function until(met: () => Promise<boolean>, limitMs = 40_000): Promise<void> {
  for (let waited = 0; waited < limitMs; waited += 100) {
    if (await met()) return;
    await sleep(100);
  }
  throw new Error(`not met in ${limitMs / 1000} s`);
}
