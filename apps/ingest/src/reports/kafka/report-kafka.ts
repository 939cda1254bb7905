import type { KafkaOptions } from '@hark/streaming/adapters';
import { QuerySpecError } from '@hark/streaming/queries';

/** A topic as a spec names it. */
export interface NamedTopic {
  readonly topic: string;
  readonly brokers?: readonly string[];
}

const NAME = /^[a-zA-Z0-9._-]{1,249}$/;
/** What Hark's own topics begin with unless told otherwise, and those of Kafka itself. */
const RESERVED = ['hark.', '__'];

/**
 * The cluster that reports may use, and which of its topics: where Hark connects to, and with which login, is the
 * operator's to say, not that of who makes a report.
 */
export class ReportKafka {
  private readonly reserved: readonly string[];

  /** @param patterns names of topics, or beginnings of names with a `*` behind. */
  constructor(
    readonly options: KafkaOptions,
    private readonly patterns: readonly string[],
  ) {
    this.reserved = [...new Set([options.prefix, ...RESERVED])];
  }

  /**
   * @param field of the spec, e.g. `sink`.
   * @throws QuerySpecError
   */
  check({ topic, brokers = [] }: NamedTopic, field: string): void {
    const foreign = brokers.find((broker) => !this.options.brokers.includes(broker));
    if (foreign !== undefined) {
      throw new QuerySpecError(
        `${field}.brokers`,
        'brokers_not_allowed',
        `${foreign} is none of the brokers that the operator of the service names in HARK_REPORTS_KAFKA_BROKERS ` +
          `(${this.options.brokers.join(', ')}); leave brokers out to take those`,
      );
    }
    if (!NAME.test(topic) || topic === '.' || topic === '..')
      throw new QuerySpecError(`${field}.topic`, 'topic_name', 'a topic is named with a-z A-Z 0-9 . _ -');
    const reserved = this.reserved.find((prefix) => topic.startsWith(prefix));
    if (reserved !== undefined) {
      throw new QuerySpecError(
        `${field}.topic`,
        'reserved_topic',
        `topics that begin with ${reserved} belong to ${reserved === '__' ? 'Kafka' : 'the log of the service'} itself`,
      );
    }
    if (!this.patterns.some((pattern) => matches(topic, pattern))) {
      throw new QuerySpecError(
        `${field}.topic`,
        'topic_not_allowed',
        `${topic} is not among HARK_REPORTS_KAFKA_TOPICS (${this.patterns.join(', ')}), which the operator of the ` +
          'service sets',
      );
    }
  }
}

function matches(topic: string, pattern: string): boolean {
  return pattern.endsWith('*') ? topic.startsWith(pattern.slice(0, -1)) : topic === pattern;
}
