import { type QuerySpecError } from '@hark/streaming/queries';
import { describe, expect, it } from 'vitest';
import { ingestSettings } from '../../settings.js';
import { planReport } from '../report-plans.js';
import type { NamedTopic } from './report-kafka.js';
import { reportKafka } from './report-kafka-settings.js';

const OWN = { HARK_REPORTS_KAFKA_BROKERS: 'b:9092' };

/** The field and the rule that naming this topic breaks; null = none. */
function refusal(named: NamedTopic, environment: Record<string, string> = OWN): [string, string] | null {
  try {
    reportKafka(ingestSettings(environment))!.check(named, 'sink');
    return null;
  } catch (error) {
    const { field, rule } = error as QuerySpecError;
    return [field, rule];
  }
}

describe('the Kafka of reports', () => {
  it('is that of the log unless brokers of its own are named, and none where neither is', () => {
    const brokers = (environment: Record<string, string>) =>
      reportKafka(ingestSettings(environment))?.options.brokers ?? null;
    expect(brokers({})).toBeNull();
    expect(brokers({ HARK_KAFKA_BROKERS: 'a:9092' })).toEqual(['a:9092']);
    expect(brokers({ HARK_KAFKA_BROKERS: 'a:9092', ...OWN })).toEqual(['b:9092']);
  });

  it.each(['hark.samples', 'hark.open-predictions', 'mine.windows', '__consumer_offsets'])(
    'keeps reports away from %s',
    (topic) => {
      expect(refusal({ topic }, { ...OWN, HARK_KAFKA_PREFIX: 'mine.' })).toEqual([
        'sink.topic',
        'reserved_topic',
      ]);
    },
  );

  it('takes the topics that the operator allows: all, these, or those that begin so', () => {
    expect(refusal({ topic: 'anything' })).toBeNull();
    const few = { ...OWN, HARK_REPORTS_KAFKA_TOPICS: 'walking, etl-*' };
    expect(refusal({ topic: 'walking' }, few)).toBeNull();
    expect(refusal({ topic: 'etl-windows' }, few)).toBeNull();
    expect(refusal({ topic: 'walking2' }, few)).toEqual(['sink.topic', 'topic_not_allowed']);
    expect(refusal({ topic: 'etl' }, few)).toEqual(['sink.topic', 'topic_not_allowed']);
    expect(() => ingestSettings({ HARK_REPORTS_KAFKA_TOPICS: 'a*b' })).toThrow('HARK_REPORTS_KAFKA_TOPICS');
  });

  it('connects to no broker that the operator does not name', () => {
    expect(refusal({ topic: 't', brokers: ['b:9092'] })).toBeNull();
    expect(refusal({ topic: 't', brokers: ['b:9092', 'localhost:22'] })).toEqual([
      'sink.brokers',
      'brokers_not_allowed',
    ]);
  });

  it('feeds no report with what it puts out itself', () => {
    const columns = [{ name: 'n', type: 'long' }] as const;
    const plan = (topic: string) =>
      planReport(
        { name: 'r', from: { kafka: { topic: 'in', columns } }, sink: { type: 'kafka', topic } },
        {},
        reportKafka(ingestSettings(OWN)),
      );
    expect(plan('out').topics).toEqual(['report-sources']);
    expect(() => plan('in')).toThrow('it would read what it has written');
  });

  it.each(['', '..', 'with space', 'ü', 'a'.repeat(250)])('refuses %j as the name of a topic', (topic) => {
    expect(refusal({ topic })).toEqual(['sink.topic', 'topic_name']);
  });
});
