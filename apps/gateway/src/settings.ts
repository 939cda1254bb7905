import { DRIFT_DETECTOR_NAMES, WATCHED_SIGNALS } from '@hark/models';
import {
  SettingsError,
  activitiesSetting,
  addressSetting,
  commonSettings,
  learningSettings,
  port,
  readSettings,
  tensorFlowSetting,
  windowOptions,
  windowSettings,
  wholeNumber,
} from '@hark/service';
import { z } from 'zod';
import { alertOptions, alertSettings } from './alerts/alert-settings.js';

const shape = {
  ...commonSettings,
  ...windowSettings,
  ...activitiesSetting,
  ...learningSettings({ driftDetectors: DRIFT_DETECTOR_NAMES, driftSignals: WATCHED_SIGNALS }),
  ...alertSettings,
  ...tensorFlowSetting,
  HARK_TFJS_NODE: z.string().min(1).optional(),
  HARK_GATEWAY_PORT: port(3000),
  HARK_GATEWAY_ADDRESS: addressSetting,
  HARK_KAFKA_GATEWAYS: z.enum(['one', 'several'], 'expected one or several').default('one'),
  HARK_SESSION_GAP_MS: wholeNumber(60_000, 1000, 86_400_000),
  HARK_STALE_AFTER_MS: wholeNumber(30_000, 100, 86_400_000),
  HARK_LIVE_SUBSCRIPTIONS: wholeNumber(100, 1, 10_000),
  HARK_LIVE_MESSAGES_PER_SECOND: wholeNumber(200, 1, 100_000),
};

/**
 * What the gateway app reads from its environment; `docs/configuration.md` explains each.
 * @throws SettingsError
 */
export function gatewaySettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  if (settings.HARK_KAFKA_GATEWAYS === 'several' && settings.HARK_KAFKA_BROKERS.length === 0)
    throw new SettingsError(
      'HARK_KAFKA_GATEWAYS=several: the log in HARK_DATA has one gateway; name HARK_KAFKA_BROKERS',
    );
  return { ...settings, windows: windowOptions(settings), alerts: alertOptions(settings) };
}
