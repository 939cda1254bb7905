import { Kafka, logLevel } from 'kafkajs';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { KafkaLog } from './kafka-log.js';
import { removeTopics } from './testing/remove-topics.js';

const brokers = inject('kafka');
const prefix = `open-${process.pid}.`;

describe.skipIf(brokers === null)('a topic that is open to other programs', () => {
  afterAll(() => removeTopics(brokers!, [prefix]));

  it('has a message with key and value for each record, in the order of the log', async () => {
    const log = await KafkaLog.open({
      brokers: [brokers!],
      prefix,
      owners: { learner: ['predictions', 'models'] },
      opened: ['predictions'],
      cacheBytes: 16 << 20,
    });
    const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const writer = await log.writer('learner');
    const record = (key: string, value: unknown) => ({ key, value: json(value) });
    await writer.commit({
      appends: [
        { topic: 'predictions', partition: 0, records: [record('a', { n: 1 }), record('b', { n: 2 })] },
        { topic: 'models', partition: 0, records: [record('', { version: 1 })] },
      ],
    });
    await writer.commit({
      appends: [{ topic: 'predictions', partition: 0, records: [record('a', { n: 3 })] }],
    });
    expect((await log.read('predictions', 0, 0, 1 << 20)).map(({ key }) => key)).toEqual(['a', 'b', 'a']);
    await log.close();

    const kafka = new Kafka({ brokers: [brokers!], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `${prefix}reader` });
    await consumer.connect();
    await consumer.subscribe({ topic: `${prefix}open-predictions`, fromBeginning: true });
    const got: [string, unknown][] = [];
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { key: Buffer | null; value: Buffer | null } }) => {
        got.push([String(message.key), JSON.parse(String(message.value))]);
        if (got.length === 3) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    expect(got).toEqual([
      ['a', { n: 1 }],
      ['b', { n: 2 }],
      ['a', { n: 3 }],
    ]);
  });
});
