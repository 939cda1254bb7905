import { ActivityVocabulary } from '@hark/contracts';
import {
  SettingsError,
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
  HARK_ACTIVITIES: z.string().default('bike,sit,stand,walk,stairsup,stairsdown'),
  HARK_IDLE_TIMEOUT_MS: wholeNumber(30_000, 100, DAY_MS),
  HARK_MAX_IN_FLIGHT_MB: wholeNumber(64, 1, 4096),
};

/** What the ingest app reads from its environment; `docs/configuration.md` explains each. */
export function ingestSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return {
    ...settings,
    windows: windowOptions(settings),
    activities: activitiesOf(settings.HARK_ACTIVITIES),
  };
}

function activitiesOf(text: string): ActivityVocabulary {
  try {
    return ActivityVocabulary.parse(text);
  } catch (error) {
    throw new SettingsError(`HARK_ACTIVITIES=${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}
