import { KafkaBroker } from './kafka-broker.js';
import { missingForKafka } from './kafka-jars.js';

/** Runs a broker until Ctrl-C; prints what `HARK_KAFKA_BROKERS` is to be. `KAFKA_VERSION` chooses the version. */
async function main(): Promise<void> {
  const missing = missingForKafka();
  if (missing !== null) throw new Error(missing);
  const broker = await KafkaBroker.start();
  process.stdout.write(`HARK_KAFKA_BROKERS=${broker.address}\n`);
  const stop = () => void broker.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
