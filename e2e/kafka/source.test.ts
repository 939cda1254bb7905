import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { Service } from '../harness.js';

const brokers = inject('kafka');
const topic = `rows-${process.pid}`;

describe.skipIf(brokers === null)('rows in a topic of somebody else', () => {
  let service: Service;
  beforeAll(async () => {
    const kafka = new Kafka({ brokers: [brokers!], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    // 6 s at 50 Hz, and two messages that are no rows.
    const row = (i: number) => {
      const time = 1_424_686_733_090_638_193n + BigInt(i) * 20_000_000n;
      const fields = `"time_ns": ${time}, "who": "kim", "dev": "nexus4_1", "Model": "nexus4", "gt": "walk"`;
      return {
        key: 'kim',
        value: `{${fields}, "x": ${Math.sin(i)}, "y": 0.5, "z": 9.8, "Arrival_Time": ${1424686735214 + 20 * i}}`,
      };
    };
    const messages = Array.from({ length: 300 }, (_, i) => row(i));
    await producer.send({
      topic,
      messages: [...messages, { key: 'kim', value: 'not json' }, { key: 'kim', value: '{}' }],
    });
    await producer.disconnect();
    service = await Service.start({
      HARK_KAFKA_BROKERS: brokers!,
      HARK_KAFKA_PREFIX: `source-${process.pid}.`,
      HARK_KAFKA_SOURCE_TOPIC: topic,
      HARK_KAFKA_SOURCE_GROUP: `source-${process.pid}`,
      HARK_KAFKA_SOURCE_SENSOR: 'accelerometer',
      HARK_KAFKA_SOURCE_FIELDS: 'time_ns=Creation_Time,who=User,dev=Device',
      HARK_IDLE_TIMEOUT_MS: '500',
    });
  });
  afterAll(() => service?.stop());

  interface Status {
    readonly kafkaSource: { readonly messages: number; readonly rows: number; readonly rejected: number };
  }

  it('become predictions under their names here, and what is no row is refused and counted', async () => {
    for (let waited = 0; waited < 30_000; waited += 100) {
      if ((await service.get<Status>('ingest', '/v1/status')).kafkaSource.messages === 302) break;
      await sleep(100);
    }
    const { kafkaSource } = await service.get<Status>('ingest', '/v1/status');
    expect(kafkaSource).toEqual({ topic, messages: 302, rows: 300, rejected: 2 });
    const predictions = await service.predictions(4);
    expect(predictions.every(({ user, device }) => user === 'kim' && device === 'nexus4_1')).toBe(true);
  });

  it('are not read again by the next start', async () => {
    expect(await service.terminate('ingest')).toBe(0);
    await service.startApp('ingest');
    await sleep(3000);
    expect((await service.get<Status>('ingest', '/v1/status')).kafkaSource.rows).toBe(0);
  });
});
