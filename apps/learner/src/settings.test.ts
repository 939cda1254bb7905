import { describe, expect, it } from 'vitest';
import { learnerSettings } from './settings.js';

const several = (more: Record<string, string>) => () =>
  learnerSettings({
    HARK_KAFKA_BROKERS: 'kafka:9092',
    HARK_KAFKA_PARTITIONS: '4',
    HARK_KAFKA_LEARNERS: 'several',
    HARK_CLASSIFIER: 'ridge',
    ...more,
  });

describe('the settings of one of several learners', () => {
  it('are right with the classifier whose sums add up', () => {
    expect(several({})).not.toThrow();
  });

  it('refuse another classifier, in one line', () => {
    expect(several({ HARK_CLASSIFIER: 'ensemble' })).toThrow(
      /^HARK_CLASSIFIER=ensemble: with HARK_KAFKA_LEARNERS=several it has to be ridge$/,
    );
  });

  it('refuse challengers, which one learner has', () => {
    expect(several({ HARK_CHALLENGERS: 'gnb,softmax' })).toThrow(
      /^HARK_CHALLENGERS=gnb,softmax: not with HARK_KAFKA_LEARNERS=several, one learner has them$/,
    );
  });

  it('refuse retention, as everywhere on Kafka', () => {
    expect(several({ HARK_RETENTION: '30d' })).toThrow('HARK_RETENTION');
  });

  it('take any classifier and challengers with one learner', () => {
    expect(
      several({ HARK_KAFKA_LEARNERS: 'one', HARK_CLASSIFIER: '', HARK_CHALLENGERS: 'gnb' }),
    ).not.toThrow();
  });
});
