import { DEFAULT_WINDOW_OPTIONS, type WindowOptions } from '@hark/streaming';
import { SettingsError, wholeNumber } from './settings.js';

const DAY_MS = 86_400_000;
const { sizeMs, hopMs, latenessMs, sensorLagMs, aheadMs } = DEFAULT_WINDOW_OPTIONS;

/**
 * How windows are cut: read by ingest, which cuts them, by the gateway, whose replays cut them alike, and by the
 * learner, whose features depend on their length.
 */
export const windowSettings = {
  HARK_WINDOW_SIZE_MS: wholeNumber(sizeMs, 1000, 60_000),
  HARK_WINDOW_HOP_MS: wholeNumber(hopMs, 100, 60_000),
  HARK_LATENESS_MS: wholeNumber(latenessMs, 0, DAY_MS),
  HARK_SENSOR_LAG_MS: wholeNumber(sensorLagMs, 0, DAY_MS),
  HARK_LEAP_MS: wholeNumber(aheadMs, 1000, 365 * DAY_MS),
};

/** @throws SettingsError when the settings contradict each other. */
export function windowOptions(
  settings: Readonly<Record<keyof typeof windowSettings, number>>,
): WindowOptions {
  const { HARK_WINDOW_SIZE_MS: size, HARK_WINDOW_HOP_MS: hop } = settings;
  if (hop > size) {
    throw new SettingsError(
      `HARK_WINDOW_HOP_MS=${hop}: expected at most HARK_WINDOW_SIZE_MS, ${size}, or the samples between two ` +
        'windows are in none',
    );
  }
  return {
    sizeMs: size,
    hopMs: hop,
    latenessMs: settings.HARK_LATENESS_MS,
    sensorLagMs: settings.HARK_SENSOR_LAG_MS,
    aheadMs: settings.HARK_LEAP_MS,
    watermark: 'device',
  };
}

/** Windows that are open, and those that were cut, are of these: they can't change. */
const FIXED: readonly string[] = ['HARK_WINDOW_SIZE_MS', 'HARK_WINDOW_HOP_MS'];

/** The same as text, as they are recorded with the steps taken. */
export function recordedWindowSettings(settings: Readonly<Record<keyof typeof windowSettings, number>>): {
  readonly values: Readonly<Record<string, string>>;
  readonly changeable: readonly string[];
} {
  const names = Object.keys(windowSettings) as (keyof typeof windowSettings)[];
  return {
    values: Object.fromEntries(names.map((name) => [name, String(settings[name])])),
    changeable: names.filter((name) => !FIXED.includes(name)),
  };
}
