import { TOPICS, type Topic } from '@hark/contracts';
import { z } from 'zod';
import { kafkaOptions, type KafkaSettings } from '../kafka-settings.js';
import { SettingsError } from '../settings-error.js';

/**
 * The topics that grow with what devices send. The others say what the service is made of (models, labels, commands,
 * rules), and are kept.
 */
export const RETAINED_TOPICS = [
  TOPICS.samples,
  TOPICS.windows,
  TOPICS.predictions,
  TOPICS.deadLetter,
  TOPICS.reports,
  TOPICS.reportSources,
] as const satisfies readonly Topic[];

export type RetainedTopic = (typeof RETAINED_TOPICS)[number];

/** How much of a topic is kept; null: without a limit of this kind. */
export interface RetentionLimit {
  readonly ageMs: number | null;
  readonly bytes: number | null;
}

export type RetentionLimits = ReadonlyMap<RetainedTopic, RetentionLimit>;

const AGES = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES = { MB: 1 << 20, GB: 1 << 30, TB: 1024 * (1 << 30) };

/** How long, and how much of, the topics are kept: read by every app. */
export const retentionSettings = {
  HARK_RETENTION: limits(AGES, '30d, also for a topic: 30d,samples=7d (units s, m, h, d)'),
  HARK_RETENTION_BYTES: limits(SIZES, '10GB, also for a topic: 10GB,windows=2GB (units MB, GB, TB)'),
};

type RetentionSettings = z.infer<z.ZodObject<typeof retentionSettings>>;

/**
 * What is kept of which topic; null where everything is.
 * @throws SettingsError where the log is in Kafka.
 */
export function retentionLimits(settings: RetentionSettings & KafkaSettings): RetentionLimits | null {
  const { HARK_RETENTION: ages, HARK_RETENTION_BYTES: sizes } = settings;
  if (ages.size === 0 && sizes.size === 0) return null;
  if (kafkaOptions(settings) !== null) {
    const name = ages.size > 0 ? 'HARK_RETENTION' : 'HARK_RETENTION_BYTES';
    throw new SettingsError(
      `${name}: expected nothing where HARK_KAFKA_BROKERS is set; the log in Kafka is kept whole`,
    );
  }
  const limitOf = (of: ReadonlyMap<string, number>, topic: string) => of.get(topic) ?? of.get('') ?? null;
  return new Map(
    RETAINED_TOPICS.map((topic) => [topic, { ageMs: limitOf(ages, topic), bytes: limitOf(sizes, topic) }]),
  );
}

/** Limits by topic; of the empty name: of all that have none of their own. */
function limits(units: Readonly<Record<string, number>>, expected: string) {
  const form = new RegExp(
    `^(?:(${RETAINED_TOPICS.join('|')})=)?([1-9]\\d{0,8})(${Object.keys(units).join('|')})$`,
  );
  return z
    .string()
    .default('')
    .transform((text, context): ReadonlyMap<string, number> => {
      const found = new Map<string, number>();
      for (const part of text.split(',').map((each) => each.trim())) {
        const [, topic = '', count, unit] = form.exec(part) ?? [];
        if (count === undefined || found.has(topic)) {
          if (text.trim() === '') break;
          context.addIssue(`expected ${expected}`);
          return z.NEVER;
        }
        found.set(topic, Number(count) * units[unit]);
      }
      return found;
    });
}
