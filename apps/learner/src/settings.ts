import { CLASSIFIER_NAMES, DEFAULT_CLASSIFIER } from '@hark/models';
import {
  commonSettings,
  learningSettings,
  port,
  readSettings,
  wholeNumber,
  windowOptions,
  windowSettings,
} from '@hark/service';
import { z } from 'zod';

const shape = {
  ...commonSettings,
  ...learningSettings,
  ...windowSettings,
  HARK_LEARNER_PORT: port(3002),
  HARK_CLASSIFIER: z
    .enum(CLASSIFIER_NAMES, { error: `expected one of ${CLASSIFIER_NAMES.join(', ')}` })
    .default(DEFAULT_CLASSIFIER),
  HARK_VERSION_EVERY: wholeNumber(1000, 1, 10_000_000),
};

/** What the learner app reads from its environment; `docs/configuration.md` explains each. */
export function learnerSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return { ...settings, windows: windowOptions(settings) };
}
