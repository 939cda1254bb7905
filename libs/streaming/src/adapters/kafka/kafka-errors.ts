import { LogAwayError } from '../../log/log.js';

/** Kafka refuses what no repetition would change: a login, a permission, a record too large, a topic of another shape. */
export class KafkaRefusalError extends Error {
  readonly code = 'kafka_refusal';
}

/** The error that kafkajs throws for a number of the protocol, as far as it is looked at. */
interface ProtocolError {
  readonly name?: string;
  readonly type?: string;
  readonly message: string;
}

export function protocolType(error: unknown): string {
  return (error as ProtocolError).type ?? '';
}

const LASTING =
  /AUTHORIZATION|AUTHENTICATION|TOO_LARGE|INVALID_TOPIC|UNSUPPORTED|INVALID_REPLICATION|POLICY_VIOLATION|INVALID_CONFIG/;

/** What an error of kafkajs means to whoever asked: try again, or give up. */
export function meaningOf(error: unknown): LogAwayError | KafkaRefusalError {
  const { name = '', message } = error as ProtocolError;
  const lasting = LASTING.test(protocolType(error)) || name === 'KafkaJSSASLAuthenticationError';
  return lasting
    ? new KafkaRefusalError(`Kafka refuses: ${message}`, { cause: error })
    : new LogAwayError(`Kafka is away: ${message}`);
}
