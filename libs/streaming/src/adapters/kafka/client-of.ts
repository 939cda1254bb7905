import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import type { KafkaOptions } from './kafka-options.js';

/** A client for kafkajs's own consumers, which says nothing and never gives up. */
export function clientOf(options: Omit<KafkaOptions, 'prefix' | 'cacheBytes'>, clientId: string): Kafka {
  const { brokers, tls, sasl } = options;
  return new Kafka({
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
