import type { Kafka, SASLOptions } from 'kafkajs';
import type { KafkaOptions } from './kafka-options.js';
import { kafkajs } from './load-kafkajs.js';

/** A client for kafkajs's own consumers, which says nothing and never gives up. */
export function clientOf(options: Omit<KafkaOptions, 'prefix' | 'cacheBytes'>, clientId: string): Kafka {
  const { brokers, tls, sasl } = options;
  const { Kafka: Client, logLevel } = kafkajs();
  return new Client({
    brokers: [...brokers],
    clientId,
    logLevel: logLevel.NOTHING,
    ...(tls && {
      ssl: {
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.certificate !== undefined && { cert: tls.certificate }),
        ...(tls.key !== undefined && { key: tls.key }),
      },
    }),
    ...(sasl && { sasl: sasl as SASLOptions }),
    retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: Number.MAX_SAFE_INTEGER },
  });
}
