import type { ReportView } from '@hark/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Service } from '../harness.js';

const brokers = inject('kafka');
const topic = `report-rows-${process.pid}`;
const counts = `report-counts-${process.pid}`;
const KILLS = 6;
const BATCHES = 60;
const ROWS = 50;

interface Message {
  readonly key: string | null;
  readonly value: Record<string, string | number>;
}

/** What a reader of committed messages gets until `enough` of it has come, and nothing more for a second. */
async function committed(of: string, enough: (got: readonly Message[]) => boolean): Promise<Message[]> {
  const kafka = new Kafka({ brokers: [brokers!], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `reader-of-${of}-${Date.now()}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic: of, fromBeginning: true });
  const got: Message[] = [];
  await consumer.run({
    eachMessage: async ({ message: { key, value } }) => {
      got.push({ key: key && key.toString(), value: JSON.parse(String(value)) as Message['value'] });
    },
  });
  for (let waited = 0; waited < 60_000 && !enough(got); waited += 100) await sleep(100);
  await sleep(1000);
  await consumer.disconnect();
  return got;
}

describe.skipIf(brokers === null)('the rows of a report', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({
      HARK_REPORTS: 'none',
      HARK_REPORTS_KAFKA_BROKERS: brokers!,
      HARK_KAFKA_PREFIX: `report-sink-${process.pid}.`,
    });
  });
  afterAll(() => service?.stop());

  const send = async (batch: number): Promise<void> => {
    const rows = Array.from({ length: ROWS }, (_, i) => batch * ROWS + i);
    const { status } = await service.post('ingest', '/v1/samples', {
      ...{ user: batch % 2 === 0 ? 'kim' : 'eve', device: 'd', model: 'm', sensor: 'accelerometer' },
      creationTime: rows.map((row) => `${1_700_000_000_000 + row * 20}000000`),
      ...{ x: rows, y: rows.map(() => 0), z: rows.map(() => 9) },
    });
    expect(status).toBe(200);
  };

  it(`are each in Kafka once and in order, over ${KILLS} kills of ingest in the middle`, async () => {
    const specs = [
      { name: 'rows', from: 'samples', select: ['User', 'x'], sink: { type: 'kafka', topic } },
      {
        ...{ name: 'counts', from: 'samples', outputMode: 'update', sink: { type: 'kafka', topic: counts } },
        ...{ groupBy: { columns: ['User'] }, aggregate: [{ fn: 'count' }] },
      },
    ];
    for (const spec of specs) {
      const { status, body } = await service.post('gateway', '/v1/reports', spec);
      expect(status, JSON.stringify(body)).toBe(201);
    }
    for (let batch = 0; batch < BATCHES; batch++) {
      await send(batch);
      if (batch % (BATCHES / KILLS) !== 5) continue;
      // At another point of a delivery each time.
      await sleep(37 * (batch % 7));
      await service.kill('ingest');
      await service.startApp('ingest');
    }
    const rows = await committed(topic, (got) => got.length >= BATCHES * ROWS);
    expect(rows.map(({ value }) => value['x'])).toEqual(Array.from({ length: BATCHES * ROWS }, (_, i) => i));
    expect(rows[0]).toEqual({ key: null, value: { User: 'kim', x: 0 } });
    // The last message of a key is its result.
    const results = (got: readonly Message[]) =>
      Object.fromEntries(got.map(({ key, value }) => [key, value['count']]));
    const half = (BATCHES * ROWS) / 2;
    const whole = { '{"User":"eve"}': half, '{"User":"kim"}': half };
    const got = await committed(counts, (all) => isDeepStrictEqual(results(all), whole));
    expect(results(got)).toEqual(whole);
  });

  it('of a topic of somebody else are each there once, over kills of ingest in the middle', async () => {
    const kafka = new Kafka({ brokers: [brokers!], logLevel: logLevel.NOTHING });
    const [visits, out] = [`report-visits-${process.pid}`, `report-visits-out-${process.pid}`];
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: visits, numPartitions: 3 }], waitForLeaders: true });
    await admin.disconnect();
    const columns = [
      { name: 'who', type: 'string' },
      { name: 'n', type: 'long' },
    ];
    const made = await service.post('gateway', '/v1/reports', {
      ...{ name: 'visits', from: { kafka: { topic: visits, columns } } },
      sink: { type: 'kafka', topic: out },
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const producer = kafka.producer();
    await producer.connect();
    const first = 9_007_199_254_740_993n;
    for (let batch = 0; batch < 12; batch++) {
      const messages = Array.from({ length: 100 }, (_, i) => {
        const n = first + BigInt(batch * 100 + i);
        return { partition: i % 3, value: `{"n": ${n}, "who": "w${i % 3}"}` };
      });
      await producer.send({ topic: visits, messages });
      if (batch % 4 !== 1) continue;
      await sleep(50 * batch);
      await service.kill('ingest');
      await service.startApp('ingest');
    }
    await producer.disconnect();
    const got = await committed(out, (all) => all.length >= 1200);
    const numbers = got.map(({ value }) => BigInt(value['n'])).sort((a, b) => (a < b ? -1 : 1));
    expect(numbers).toEqual(Array.from({ length: 1200 }, (_, i) => first + BigInt(i)));
  });

  it('are refused into the topics of the service itself, and by brokers that nobody named', async () => {
    const refusal = async (sink: object) => {
      const { status, body } = await service.post('gateway', '/v1/reports', {
        ...{ name: 'refused', from: 'samples', sink: { type: 'kafka', ...sink } },
      });
      return [status, body['field'], body['rule']];
    };
    expect(await refusal({ topic: 'hark.samples' })).toEqual([400, 'sink.topic', 'reserved_topic']);
    expect(await refusal({ topic, brokers: ['elsewhere:9092'] })).toEqual([
      400,
      'sink.brokers',
      'brokers_not_allowed',
    ]);
  });

  it('that Kafka does not take stop their report and nothing else', async () => {
    const admin = new Kafka({ brokers: [brokers!], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const small = `report-small-${process.pid}`;
    const configEntries = [{ name: 'max.message.bytes', value: '300' }];
    await admin.createTopics({ topics: [{ topic: small, configEntries }], waitForLeaders: true });
    await admin.disconnect();
    await service.post('gateway', '/v1/reports', {
      ...{ name: 'large', from: 'samples', sink: { type: 'kafka', topic: small } },
    });
    let views: readonly ReportView[] = [];
    for (let waited = 0; waited < 20_000; waited += 100) {
      views = (await service.get<{ reports: ReportView[] }>('gateway', '/v1/reports')).reports;
      if (views.some(({ state }) => state === 'failed')) break;
      await sleep(100);
    }
    expect(views.map(({ name, state, error }) => [name, state, error?.code ?? null])).toEqual([
      ['counts', 'running', null],
      ['large', 'failed', 'kafka_refusal'],
      ['rows', 'running', null],
      ['visits', 'running', null],
    ]);
  });
});
