import {
  commonSettings,
  learningSettings,
  port,
  readSettings,
  windowOptions,
  windowSettings,
  wholeNumber,
} from '@hark/service';

const shape = {
  ...commonSettings,
  ...windowSettings,
  ...learningSettings,
  HARK_GATEWAY_PORT: port(3000),
  HARK_SESSION_GAP_MS: wholeNumber(60_000, 1000, 86_400_000),
};

/** What the gateway app reads from its environment; `docs/configuration.md` explains each. */
export function gatewaySettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return { ...settings, windows: windowOptions(settings) };
}
