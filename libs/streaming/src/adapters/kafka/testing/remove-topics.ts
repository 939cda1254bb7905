import { Kafka, logLevel } from 'kafkajs';

/** Removes every topic whose name begins with one of these. */
export async function removeTopics(brokers: string, prefixes: readonly string[]): Promise<void> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => prefixes.some((p) => topic.startsWith(p)));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}
