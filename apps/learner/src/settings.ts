import { CLASSIFIER_NAMES, DEFAULT_CLASSIFIER, DRIFT_DETECTOR_NAMES, WATCHED_SIGNALS } from '@hark/models';
import {
  commonSettings,
  learnerSettings as learnerShape,
  port,
  readSettings,
  windowOptions,
} from '@hark/service';
import { z } from 'zod';

/** What a learner may be made of. The network is no classifier of `@hark/models` itself: it has to be loaded. */
export const LEARNER_NAMES = {
  classifiers: [DEFAULT_CLASSIFIER, ...CLASSIFIER_NAMES.filter((name) => name !== DEFAULT_CLASSIFIER)],
  challengers: [...CLASSIFIER_NAMES, 'tfjs'],
  driftDetectors: DRIFT_DETECTOR_NAMES,
  driftSignals: WATCHED_SIGNALS,
};

const shape = {
  ...commonSettings,
  ...learnerShape(LEARNER_NAMES),
  HARK_LEARNER_PORT: port(3002),
  HARK_TFJS_NODE: z.string().min(1).optional(),
};

/** What the learner app reads from its environment; `docs/configuration.md` explains each. */
export function learnerSettings(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(shape, environment);
  return { ...settings, windows: windowOptions(settings) };
}
