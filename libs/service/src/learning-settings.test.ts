import { expect, it } from 'vitest';
import { learningOptions, learningSettings } from './learning-settings.js';
import { SettingsError, readSettings } from './settings.js';

const shape = learningSettings({ driftDetectors: ['cusum', 'adwin'], driftSignals: ['error', 'features'] });
const options = (environment: NodeJS.ProcessEnv) => learningOptions(readSettings(shape, environment));

it('watches everything for drift with the first detector, unless told otherwise', () => {
  expect(options({})).toEqual({
    confidenceThreshold: 0.4,
    onDrift: 'boost',
    drift: { detector: 'cusum', signals: ['error', 'features'] },
  });
  expect(options({ HARK_DRIFT_DETECTOR: 'adwin', HARK_DRIFT_SIGNALS: ' features' }).drift).toEqual({
    detector: 'adwin',
    signals: ['features'],
  });
});

it('watches nothing when the detector is off', () => {
  expect(options({ HARK_DRIFT_DETECTOR: 'off' }).drift).toEqual({ signals: [] });
});

it.each([
  [{ HARK_DRIFT_DETECTOR: 'guess' }, 'expected one of off, cusum, adwin'],
  [{ HARK_DRIFT_SIGNALS: 'error,error' }, 'expected different names of error, features'],
  [{ HARK_DRIFT_SIGNALS: 'noise' }, 'expected different names of error, features'],
])('refuses %j', (environment, message) => {
  expect(() => options(environment)).toThrow(SettingsError);
  expect(() => options(environment)).toThrow(message);
});
