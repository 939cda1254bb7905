import {
  activitiesSetting,
  commonSettings,
  port,
  readSettings,
  wholeNumber,
  windowOptions,
  windowSettings,
} from '@hark/service';

const DAY_MS = 86_400_000;

const shape = {
  ...commonSettings,
  ...windowSettings,
  ...activitiesSetting,
  HARK_INGEST_PORT: port(3001),
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
