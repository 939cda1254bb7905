import type { TestProject } from 'vitest/node';
import { KafkaBroker } from '../../tools/kafka/src/kafka-broker.js';
import { missingForKafka } from '../../tools/kafka/src/kafka-jars.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the broker that tests share; null where there is none. */
    kafka: string | null;
  }
}

/** One broker for all tests that leave it standing. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = missingForKafka();
  project.provide('kafka', null);
  if (missing !== null) {
    process.stderr.write(`\nEVERY KAFKA TEST IS SKIPPED: ${missing}\n\n`);
    return async () => undefined;
  }
  const broker = await KafkaBroker.start();
  project.provide('kafka', broker.address);
  return () => broker.stop();
}
