import { KafkaBroker } from './kafka-broker.js';
import { missingForKafka } from './kafka-jars.js';

/** No broker can run here. */
const IMPOSSIBLE = 2;

/**
 * Runs a broker until Ctrl-C; prints what `HARK_KAFKA_BROKERS` is to be, and its process. `KAFKA_VERSION` chooses the
 * version; with `--fast` it has more memory and becomes as fast as it can, if later.
 */
async function main(): Promise<void> {
  const missing = missingForKafka();
  if (missing !== null) {
    process.stderr.write(`${missing}\n`);
    process.exit(IMPOSSIBLE);
  }
  const fast = process.argv.includes('--fast');
  const broker = await KafkaBroker.start(fast ? { quick: false, heapMegabytes: 512 } : {});
  process.stdout.write(`HARK_KAFKA_BROKERS=${broker.address}\nKAFKA_PID=${broker.pid}\n`);
  const stop = () => void broker.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
