import { Kafka, logLevel } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { LogAwayError } from '../../log/log.js';
import { KafkaConnection } from './kafka-connection.js';
import { removeTopics } from './testing/remove-topics.js';
import { TopicDelivery } from './topic-delivery.js';
import { Transactions } from './transactions.js';

const brokers = inject('kafka');
const prefix = `delivery-${process.pid}.`;
const options = () => ({ brokers: [brokers!], prefix });

/** What a reader of committed messages finds in a partition. */
async function committed(topic: string, partition = 0): Promise<[string | null, string][]> {
  const connection = new KafkaConnection({ ...options(), cacheBytes: 0 });
  const found: [string | null, string][] = [];
  for (let kafkaOffset = 0; ;) {
    const [{ messages, next }] = await connection.fetch([{ topic, partition, kafkaOffset }], 1 << 20, 0);
    for (const { key, value } of messages) found.push([key && key.toString(), String(value)]);
    if (next === kafkaOffset) break;
    kafkaOffset = next;
  }
  await connection.close();
  return found;
}

/** A broker that was only just started has no coordinator for some moments. */
async function begun(delivery: TopicDelivery): Promise<string | null> {
  for (;;) {
    try {
      return await delivery.begin();
    } catch (error) {
      if (!(error instanceof LogAwayError)) throw error;
      await sleep(50);
    }
  }
}

describe.skipIf(brokers === null)('a delivery to a topic of somebody else', () => {
  afterAll(() => removeTopics(brokers!, [prefix]));

  it('goes on from the position that stands with the messages, and makes a topic that is not there', async () => {
    const topic = `${prefix}made`;
    const first = new TopicDelivery(options(), 'one');
    expect(await begun(first)).toBeNull();
    await first.deliver(topic, [{ key: null, value: 'a' }], '1');
    await first.deliver(topic, [{ key: '{"User":"b"}', value: 'b' }], '2');
    await first.close();
    const other = new TopicDelivery(options(), 'other');
    expect(await other.begin()).toBeNull();
    await other.close();
    const second = new TopicDelivery(options(), 'one');
    expect(await second.begin()).toBe('2');
    await second.stand('3');
    expect(await second.begin()).toBe('3');
    await second.close();
    expect(await committed(topic)).toEqual([
      [null, 'a'],
      ['{"User":"b"}', 'b'],
    ]);
  });

  it('is refused once another has begun under its id, and leaves neither message nor position', async () => {
    const topic = `${prefix}fenced`;
    const [old, young] = [new TopicDelivery(options(), 'two'), new TopicDelivery(options(), 'two')];
    await old.begin();
    await old.deliver(topic, [{ key: null, value: 'a' }], '1');
    expect(await young.begin()).toBe('1');
    await expect(old.deliver(topic, [{ key: null, value: 'lost' }], '2')).rejects.toThrow();
    await young.deliver(topic, [{ key: null, value: 'b' }], '2');
    expect(await young.begin()).toBe('2');
    expect((await committed(topic)).map(([, value]) => value)).toEqual(['a', 'b']);
    await old.close();
    await young.close();
  });

  it('finds its position behind what another has left undecided', async () => {
    const topic = `${prefix}undecided`;
    const connection = new KafkaConnection({ ...options(), cacheBytes: 0 });
    const undecided = new Transactions(`${prefix}undecided`, connection);
    const delivery = new TopicDelivery(options(), 'four');
    await delivery.begin();
    await undecided.begin();
    const value = Buffer.from('0');
    await undecided.write([
      { topic: `${prefix}report-sinks`, partition: 0, messages: [{ key: value, value }] },
    ]);
    await delivery.deliver(topic, [{ key: null, value: 'a' }], '1');
    const begun = delivery.begin();
    await sleep(200);
    await undecided.end();
    expect(await begun).toBe('1');
    await delivery.close();
    await connection.close();
  });

  it('puts the messages of a key into the partition where kafkajs and Java put them', async () => {
    const topic = `${prefix}keyed`;
    const admin = new Kafka({ brokers: [brokers!], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
    await admin.disconnect();
    const delivery = new TopicDelivery(options(), 'three');
    await delivery.begin();
    // murmur2 of Java's `Utils`, whose test names these: 21 → -973932308, foobar → -790332482.
    const messages = ['21', 'foobar', '21'].map((key, i) => ({ key, value: String(i) }));
    await delivery.deliver(topic, messages, '1');
    await delivery.close();
    const at = (hash: number) => (hash & 0x7fff_ffff) % 4;
    expect(await committed(topic, at(-973932308))).toEqual([
      ['21', '0'],
      ['21', '2'],
    ]);
    expect(await committed(topic, at(-790332482))).toEqual([['foobar', '1']]);
  });
});
