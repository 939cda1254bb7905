import {
  activitiesSetting,
  addressSetting,
  commonSettings,
  port,
  readSettings,
  wholeNumber,
  windowOptions,
  windowSettings,
} from '@hark/service';
import { join } from 'node:path';
import { z } from 'zod';
import { kafkaSourceSettings } from './kafka-source/kafka-source-settings.js';
import { BUILT_IN_REPORTS, builtInReports } from './reports/built-in-reports.js';
import { reportKafkaSettings } from './reports/kafka/report-kafka-settings.js';

const DAY_MS = 86_400_000;
const PORT = 'expected a port from 0 to 65535';

const reports = z
  .string()
  .default('builtin')
  .transform((text, context) => {
    const found = builtInReports(text);
    if (found !== null) return found;
    const names = BUILT_IN_REPORTS.map(({ name }) => name).join(', ');
    context.addIssue(`expected builtin, none, or names of ${names}, separated by commas`);
    return z.NEVER;
  });

const shape = {
  ...commonSettings,
  ...windowSettings,
  ...activitiesSetting,
  ...kafkaSourceSettings,
  ...reportKafkaSettings,
  HARK_INGEST_PORT: port(3001),
  HARK_INGEST_ADDRESS: addressSetting,
  HARK_IDLE_TIMEOUT_MS: wholeNumber(30_000, 100, DAY_MS),
  HARK_MAX_IN_FLIGHT_MB: wholeNumber(64, 1, 4096),
  HARK_MQTT_URL: z
    .string()
    .refine(isMqttUrl, 'expected mqtt://, mqtts://, ws:// or wss:// and a host')
    .optional(),
  HARK_MQTT_CLIENT_ID: z.string().min(1).max(128).default('hark-ingest'),
  HARK_MQTT_BROKER_PORT: z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT).optional(),
  HARK_PHONE_TOKEN: z.string().min(1).optional(),
  HARK_REPORTS: reports,
  HARK_REPORTS_FILES_DIR: z.string().min(1).optional(),
  HARK_STATIC_DIR: z.string().min(1).optional(),
  HARK_WATCH_DIR: z.string().min(1).optional(),
  HARK_WATCH_MAX_FILES: wholeNumber(1000, 1, 1_000_000),
};

function isMqttUrl(text: string): boolean {
  return URL.canParse(text) && /^(mqtts?|wss?):\/\/[^/]/.test(text);
}

/** What the ingest app reads from its environment; `docs/configuration.md` explains each. */
export function ingestSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return {
    ...settings,
    windows: windowOptions(settings),
    activities: settings.HARK_ACTIVITIES,
    builtIn: settings.HARK_REPORTS,
    filesFolder: settings.HARK_REPORTS_FILES_DIR ?? join(settings.HARK_DATA, 'files'),
    staticFolder: settings.HARK_STATIC_DIR ?? join(settings.HARK_DATA, 'static'),
  };
}
