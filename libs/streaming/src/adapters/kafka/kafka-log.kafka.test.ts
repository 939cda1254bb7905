import { afterEach, describe, inject } from 'vitest';
import { describeLog } from '../../log/log.contract.js';
import { KafkaLog } from './kafka-log.js';
import { removeTopics } from './testing/remove-topics.js';

const brokers = inject('kafka');
let made = 0;

describe.skipIf(brokers === null)('Kafka', () => {
  const prefixes: string[] = [];
  afterEach(async () => removeTopics(brokers!, prefixes.splice(0)));

  describeLog(
    'KafkaLog',
    (partitions) => {
      const prefix = `contract-${process.pid}-${made++}.`;
      prefixes.push(prefix);
      return KafkaLog.open({
        brokers: [brokers!],
        prefix,
        partitions,
        cacheBytes: 16 << 20,
        now: () => 1_700_000_000_000,
        owners: { ingest: ['samples', 'windows', 'dead-letter'], learner: ['predictions'] },
      });
    },
    { runs: 5 },
  );
});
