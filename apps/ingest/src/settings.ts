import { ActivityVocabulary, HHAR_ACTIVITIES } from '@hark/contracts';
import {
  commonSettings,
  port,
  readSettings,
  wholeNumber,
  windowOptions,
  windowSettings,
} from '@hark/service';
import { z } from 'zod';

const DAY_MS = 86_400_000;

const shape = {
  ...commonSettings,
  ...windowSettings,
  HARK_INGEST_PORT: port(3001),
  HARK_ACTIVITIES: z.string().default(HHAR_ACTIVITIES.join()).transform(activitiesOf),
  HARK_IDLE_TIMEOUT_MS: wholeNumber(30_000, 100, DAY_MS),
  HARK_MAX_IN_FLIGHT_MB: wholeNumber(64, 1, 4096),
};

/** What the ingest app reads from its environment; `docs/configuration.md` explains each. */
export function ingestSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return {
    ...settings,
    windows: windowOptions(settings),
    activities: settings.HARK_ACTIVITIES,
  };
}

function activitiesOf(text: string, context: z.RefinementCtx): ActivityVocabulary {
  try {
    return ActivityVocabulary.parse(text);
  } catch (error) {
    context.addIssue((error as RangeError).message);
    return z.NEVER;
  }
}
