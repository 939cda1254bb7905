import { kafkaOptions, kafkaSettings, type KafkaSettings } from '@hark/service';
import { z } from 'zod';
import { ReportKafka } from './report-kafka.js';

const PATTERN = /^[a-zA-Z0-9._-]*\*?$/;

/** The cluster that reports write to and read from, and which of its topics. */
export const reportKafkaSettings = {
  HARK_REPORTS_KAFKA_BROKERS: kafkaSettings.HARK_KAFKA_BROKERS,
  HARK_REPORTS_KAFKA_TOPICS: z
    .string()
    .default('*')
    .transform((text, context) => {
      const patterns = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (patterns.every((pattern) => PATTERN.test(pattern))) return patterns;
      context.addIssue(
        'expected names of topics, or beginnings of names with a * behind, separated by commas',
      );
      return z.NEVER;
    }),
};

/**
 * Reached with the login of the log in Kafka; null where no brokers are named.
 * @throws SettingsError where that login is incomplete.
 */
export function reportKafka(
  settings: KafkaSettings & z.infer<z.ZodObject<typeof reportKafkaSettings>>,
): ReportKafka | null {
  const { HARK_REPORTS_KAFKA_BROKERS: own, HARK_REPORTS_KAFKA_TOPICS: patterns } = settings;
  const kafka =
    own.length === 0 ? kafkaOptions(settings) : kafkaOptions({ ...settings, HARK_KAFKA_BROKERS: own });
  return kafka && new ReportKafka(kafka, patterns);
}
