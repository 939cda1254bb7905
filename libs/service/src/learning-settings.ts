import { z } from 'zod';

/** How answers are made: read by the learner, and by the gateway, whose replays answer alike. */
export const learningSettings = {
  HARK_MIN_CONFIDENCE: z.coerce
    .number({ error: 'expected a number from 0 to 1' })
    .min(0, 'expected a number from 0 to 1')
    .max(1, 'expected a number from 0 to 1')
    .default(0.4),
  HARK_ON_DRIFT: z.enum(['boost', 'none'], { error: 'expected boost or none' }).default('boost'),
};
