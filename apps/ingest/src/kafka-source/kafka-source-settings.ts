import { SENSORS, type Sensor } from '@hark/contracts';
import { z } from 'zod';

/** What HHAR calls its fields, and what a row may name besides. */
const FIELDS: readonly string[] = [
  ...['Index', 'Arrival_Time', 'Creation_Time', 'x', 'y', 'z', 'User', 'Model', 'Device', 'gt', 'Sensor'],
];
const WORDS = `expected theirs=ours, separated by commas; ours are ${FIELDS.join(', ')}`;

/** Somebody else's topic of rows. */
export const kafkaSourceSettings = {
  HARK_KAFKA_SOURCE_TOPIC: z.string().min(1).max(249).optional(),
  HARK_KAFKA_SOURCE_GROUP: z.string().min(1).max(128).default('hark'),
  HARK_KAFKA_SOURCE_SENSOR: z
    .enum(SENSORS as unknown as [Sensor, ...Sensor[]], `expected ${SENSORS.join(' or ')}`)
    .optional(),
  HARK_KAFKA_SOURCE_FIELDS: z
    .string()
    .default('')
    .transform((text, context) => {
      const names = new Map<string, string>();
      for (const part of text.split(',').filter((one) => one.trim() !== '')) {
        const [theirs, ours, ...more] = part.split('=').map((name) => name.trim());
        if (!theirs || more.length > 0 || !FIELDS.includes(ours)) {
          context.addIssue(WORDS);
          return z.NEVER;
        }
        names.set(theirs, ours);
      }
      return names;
    }),
};
